package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.RulesDraft;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A large text through a tunnel that compresses, whatever the visitor speaks. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class CompressedTunnelTest {
  private static final String HOST = "shop.localhost";
  private static final String TEXT = "All work and no play makes a dull tunnel. ".repeat(50_000);

  @TempDir private Path state;
  private Tunnel tunnel;
  private LocalService service;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    service = LocalService.start(CompressedTunnelTest::serve);
    RulesDraft rules = new RulesDraft();
    rules.compress = true;
    tunnel.connect(Tunnel.http(service.port(), "shop").withRules(rules.finished()));
  }

  @AfterEach
  void stop() throws Exception {
    tunnel.close();
    service.close();
  }

  private static void serve(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    String answer =
        """
        HTTP/1.1 200 OK
        Content-Type: text/html
        ETag: "1"
        Content-Length: %d
        Connection: close

        """
            .formatted(TEXT.length())
            .replace("\n", "\r\n");
    String body = head.toString().startsWith("HEAD ") ? "" : TEXT;
    socket.getOutputStream().write((answer + body).getBytes(StandardCharsets.US_ASCII));
  }

  private int port() {
    return tunnel.server().httpsAddress().getPort();
  }

  private static String unzipped(byte[] bytes) throws Exception {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void visitorOfHttp2GetsItCompressedWhereItAsks() throws Exception {
    try (Http2Dialogue visitor = Http2Dialogue.open(port(), HOST)) {
      Http2Dialogue.Answer zipped = visitor.ask("GET", HOST, "/", "accept-encoding: br, gzip");
      Http2Dialogue.Answer plain = visitor.ask("GET", HOST, "/");
      Http2Dialogue.Answer head = visitor.ask("HEAD", HOST, "/", "accept-encoding: gzip");

      assertThat(zipped.header("content-encoding")).isEqualTo("gzip");
      assertThat(zipped.header("content-length")).isEmpty();
      assertThat(zipped.header("etag")).isEqualTo("W/\"1\"");
      assertThat(zipped.header("vary")).isEqualTo("Accept-Encoding");
      assertThat(zipped.bytes().length).isLessThan(TEXT.length() / 50);
      assertThat(unzipped(zipped.bytes()).equals(TEXT)).isTrue();
      assertThat(plain.header("content-encoding")).isEmpty();
      assertThat(plain.header("vary")).isEqualTo("Accept-Encoding");
      assertThat(plain.body().equals(TEXT)).isTrue();
      assertThat(head.header("content-length")).isEqualTo("" + TEXT.length());
    }
  }

  @Test
  void visitorOfHttp1ToldToCloseGetsItWhole() throws Exception {
    try (RawVisitor visitor = RawVisitor.to(URI.create("https://" + HOST + ":" + port()))) {
      visitor.send("GET / HTTP/1.0\r\nHost: shop.localhost\r\nAccept-Encoding: gzip\r\n\r\n");
      RawVisitor.Head head = visitor.readHead();

      assertThat(head.header("content-encoding")).isEmpty(); // HTTP/1.0 could not tell its end
      assertThat(visitor.readBody(head).equals(TEXT)).isTrue();
    }
  }
}
