package dev.culvert.bench.training;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks the sample app for a little of each kind, over plain sockets, which need no DNS. */
final class Visitor {
  private static final String UPLOAD = "x".repeat(20_000);
  private static final String LAST_REQUEST = "Connection: close\r\n";

  private static final String UPGRADE =
      """
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
      """
          .replace("\n", "\r\n");

  private final int port;
  private final String host;

  /** Visits {@code host}, which is at {@code port} of this machine. */
  Visitor(int port, String host) {
    this.port = port;
    this.host = host;
  }

  /** A page, a download, an upload and an upgrade, each on a connection of its own. */
  void visit() throws IOException {
    ask("HTTP/1.1 200", "GET / HTTP/1.1", LAST_REQUEST, "");
    ask("HTTP/1.1 200", "GET /download?bytes=200000 HTTP/1.1", LAST_REQUEST, "");
    String length = "Content-Length: " + UPLOAD.length() + "\r\n";
    ask("HTTP/1.1 200", "POST /upload HTTP/1.1", LAST_REQUEST + length, UPLOAD);
    ask("HTTP/1.1 101", "GET /ws HTTP/1.1", UPGRADE, "");
  }

  private void ask(String expected, String request, String headers, String body)
      throws IOException {
    String text = request + "\r\nHost: " + host + "\r\n" + headers + "\r\n" + body;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      byte[] start = socket.getInputStream().readNBytes(expected.length());
      String status = new String(start, StandardCharsets.US_ASCII);
      if (!status.equals(expected)) {
        throw new IOException(
            "\"" + request + "\" was answered \"" + status + "\", not " + expected);
      }
      if (headers.startsWith(LAST_REQUEST)) {
        socket.getInputStream().readAllBytes();
      }
    }
  }
}
