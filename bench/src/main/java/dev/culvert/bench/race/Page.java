package dev.culvert.bench.race;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The page that both origins serve, and one plain request for it. */
final class Page {
  /** What the page is made of; nobody may read it on the link. */
  static final String MARK = "seen-on-the-link-in-the-clear";

  /** 600 bytes. */
  static final String TEXT = (MARK + " ").repeat(20);

  static final String PATH = "/page";

  private Page() {}

  /** Fetches it on a connection of its own, with {@code query} behind the path. */
  static void fetch(Endpoint endpoint, String query) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(Ports.at(endpoint.port()), 1000);
      socket.setSoTimeout(2000);
      String request = endpoint.request("GET " + PATH + query, "Connection: close\r\n");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] all = socket.getInputStream().readNBytes(64 * 1024);
      String response = new String(all, StandardCharsets.ISO_8859_1);
      if (!response.startsWith("HTTP/1.1 200") || !response.endsWith(TEXT)) {
        throw new IOException("not the page: " + response.lines().findFirst().orElse("nothing"));
      }
    }
  }
}
