package dev.culvert.server.edge;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A visitor's socket: writes bytes as they are given, reads responses as they come. Blocking. */
final class TestVisitor implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");

  private final Socket socket;
  private final InputStream in;

  TestVisitor(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(EdgeGround.PATIENCE_SECONDS * 1000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  Socket socket() {
    return socket;
  }

  /** Sends {@code text}, a character a byte. */
  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends a request without a body to the tunnel. */
  void get(String path) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: " + EdgeGround.HOST + "\r\n\r\n");
  }

  /** What came up to and with the next empty line. */
  String readHead() throws IOException {
    return readTo("\r\n\r\n");
  }

  /** What came up to and with {@code end}. */
  String readTo(String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < end.length() || text.lastIndexOf(end) != text.length() - end.length()) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("the connection ended after: " + text);
      }
      text.append((char) c);
    }
    return text.toString();
  }

  /** So many bytes. */
  byte[] readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("the connection ended after " + bytes.length + " of " + count);
    }
    return bytes;
  }

  /** A response with its body, which must have a length. */
  String readResponse() throws IOException {
    String head = readHead();
    Matcher length = LENGTH.matcher(head);
    if (!length.find()) {
      throw new IOException("no length in: " + head);
    }
    byte[] body = in.readNBytes(Integer.parseInt(length.group(1)));
    return head + new String(body, StandardCharsets.ISO_8859_1);
  }

  /** What comes up to an orderly end of the connection; a reset is an exception. */
  String readToEnd() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Leaves with a reset, as a process that is killed with data unread. */
  void cut() throws IOException {
    if (!socket.isClosed()) {
      socket.setSoLinger(true, 0);
    }
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
