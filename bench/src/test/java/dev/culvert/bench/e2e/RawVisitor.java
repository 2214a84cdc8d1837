package dev.culvert.bench.e2e;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A visitor that writes its own requests, byte by byte, and sees how the connection ends. */
final class RawVisitor implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;
  private final Socket plain;
  private final InputStream in;
  private final String host;

  private RawVisitor(Socket socket, Socket plain, String host) throws IOException {
    this.socket = socket;
    this.plain = plain;
    this.host = host;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects to a port, over plain TCP. */
  static RawVisitor to(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    return new RawVisitor(socket, socket, "localhost:" + port);
  }

  /** Connects to where {@code url} points, over TLS for https; certificates are not checked. */
  static RawVisitor to(URI url) throws Exception {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
    String host = url.getHost() + ":" + url.getPort();
    if (!url.getScheme().equals("https")) {
      return new RawVisitor(plain, plain, host);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(plain, url.getHost(), url.getPort(), true);
    tls.startHandshake();
    return new RawVisitor(tls, plain, host);
  }

  Socket socket() {
    return socket;
  }

  InputStream in() {
    return in;
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Sends a request without a body. */
  void request(String method, String path, String... headers) throws IOException {
    requestTo(host, method, path, headers);
  }

  /** Sends a request without a body for any host. */
  void requestTo(String toHost, String method, String path, String... headers) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    head.append("Host: ").append(toHost).append("\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    send(head.append("\r\n").toString());
  }

  /** A response's head, as it came. */
  record Head(String statusLine, List<String> headers) {
    int status() {
      return Integer.parseInt(statusLine.split(" ", 3)[1]);
    }

    String header(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(header -> header.substring(prefix.length()).trim())
          .findFirst()
          .orElse("");
    }
  }

  Head readHead() throws IOException {
    String statusLine = readLine();
    List<String> headers = new ArrayList<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      headers.add(line);
    }
    return new Head(statusLine, headers);
  }

  String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    int c;
    while ((c = in.read()) != '\n') {
      if (c < 0) {
        throw new EOFException("after: " + line);
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Reads a body of the length that {@code head} states. */
  String readBody(Head head) throws IOException {
    byte[] body = in.readNBytes(Integer.parseInt(head.header("content-length")));
    return new String(body, StandardCharsets.UTF_8);
  }

  String readBodyOfNextResponse() throws IOException {
    return readBody(readHead());
  }

  /** Closes the connection below TLS, which may be in the middle of a write. */
  void cut() throws IOException {
    plain.close();
  }

  /** Ends the output with a bare FIN, below TLS. */
  void finish() throws IOException {
    plain.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Accepts every certificate: these tests look elsewhere. */
  private static final class AnyCertificate implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
