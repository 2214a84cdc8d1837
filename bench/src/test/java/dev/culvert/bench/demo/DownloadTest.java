package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // JUnit sets the app before the first test.
class DownloadTest {
  private static final int BYTES = 300_001;

  private static SampleApp app;

  @BeforeAll
  static void start() {
    app = SampleApp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void bodyIsThePatternOfTheSeed() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String head =
          http.send("GET /download?bytes=" + BYTES + "&seed=-7 HTTP/1.1\nHost: a\n\n")
              .readThrough("\r\n\r\n");
      byte[] body = http.readBytes(BYTES);

      assertThat(head).contains("content-length: " + BYTES + "\r\n");
      assertThat(body).isEqualTo(new PatternBytes(-7).next(BYTES));
      assertThat(new PatternBytes(-6).mismatch(Unpooled.wrappedBuffer(body))).isZero();
    }
  }

  @Test
  void chunkedBodyEndsWithItsChecksum() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String all =
          http.send("GET /download?bytes=" + BYTES + "&chunked=true HTTP/1.1\n")
              .send("Host: a\nConnection: close\n\n")
              .readToEnd();

      assertThat(all)
          .contains("transfer-encoding: chunked\r\n")
          .contains("trailer: x-checksum-sha256\r\n")
          .doesNotContain("content-length")
          .endsWith("\r\n0\r\nx-checksum-sha256: " + sha256OfPattern() + "\r\n\r\n");
    }
  }

  @Test
  void closeDelimitedBodyEndsWithTheConnection() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String all =
          http.send("GET /download?bytes=" + BYTES + "&close=true HTTP/1.1\nHost: a\n\n")
              .readToEnd();

      assertThat(all)
          .contains("connection: close\r\n")
          .doesNotContain("content-length")
          .doesNotContain("transfer-encoding");
      assertThat(bodyOf(all)).isEqualTo(new PatternBytes(0).next(BYTES));
    }
  }

  @Test
  void http10VisitorGetsNoChunks() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String all =
          http.send("GET /download?bytes=" + BYTES + "&chunked=true HTTP/1.0\n")
              .send("Connection: keep-alive\n\n")
              .readToEnd();

      assertThat(all).doesNotContain("transfer-encoding").contains("connection: close\r\n");
      assertThat(bodyOf(all)).isEqualTo(new PatternBytes(0).next(BYTES));
    }
  }

  @Test
  void headOfTheLongestDownloadHasNoBody() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String head =
          http.send("HEAD /download?bytes=1099511627776 HTTP/1.1\nHost: a\n\n")
              .readThrough("\r\n\r\n");
      String next = http.send("GET /echo?text=next HTTP/1.1\nHost: a\n\n").readThrough("next");

      assertThat(head).contains("content-length: 1099511627776\r\n");
      assertThat(next).startsWith("HTTP/1.1 200 OK");
    }
  }

  @Test
  void emptyDownloadEnds() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      http.send("GET /download?bytes=0 HTTP/1.1\nHost: a\n\n").readThrough("\r\n\r\n");

      String next = http.send("GET /echo?text=next HTTP/1.1\nHost: a\n\n").readThrough("next");

      assertThat(next).startsWith("HTTP/1.1 200 OK");
    }
  }

  @Test
  void visitorsWhoDoNotReadHoldNobodyUp() throws Exception {
    String longest = "GET /download?bytes=1099511627776 HTTP/1.1\nHost: a\n\n";
    try (RawHttp one = new RawHttp(app.address());
        RawHttp two = new RawHttp(app.address());
        RawHttp other = new RawHttp(app.address())) {
      one.send(longest).readThrough("\r\n\r\n");
      two.send(longest).readThrough("\r\n\r\n");

      String answer = other.send("GET /echo?text=here HTTP/1.1\nHost: a\n\n").readThrough("here");

      assertThat(answer).startsWith("HTTP/1.1 200 OK");
    }
  }

  private static byte[] bodyOf(String all) {
    String body = all.substring(all.indexOf("\r\n\r\n") + 4);
    return body.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String sha256OfPattern() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(new PatternBytes(0).next(BYTES)));
  }
}
