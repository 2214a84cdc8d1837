package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How the app behaves as an HTTP/1.x server, seen from the socket. */
@SuppressWarnings("NullAway.Init") // JUnit sets the app before the first test.
class SampleWireTest {
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
  void connectionStaysForTheNextRequest() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      http.send("GET /echo?text=one HTTP/1.1\nHost: a\n\n").readThrough("one");
      http.send("GET /status/204 HTTP/1.1\nHost: a\n\n").readThrough("\r\n\r\n");
      http.send("GET /status/304 HTTP/1.1\nHost: a\n\n").readThrough("\r\n\r\n");
      http.send("HEAD /echo?text=two HTTP/1.1\nHost: a\n\n").readThrough("\r\n\r\n");

      String last = http.send("GET /echo?text=three HTTP/1.1\nHost: a\n\n").readThrough("three");

      assertThat(last).startsWith("HTTP/1.1 200 OK\r\n").contains("content-length: 5\r\n");
    }
  }

  @Test
  void connectionClosesWhenAsked() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String all =
          http.send("GET /echo?text=bye HTTP/1.1\nHost: a\nConnection: close\n\n").readToEnd();

      assertThat(all).contains("connection: close\r\n").endsWith("\r\n\r\nbye");
    }
  }

  @Test
  void http10ConnectionStaysWhenAsked() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String head =
          http.send("GET /echo?text=x HTTP/1.0\nConnection: keep-alive\n\n")
              .readThrough("\r\n\r\n");
      String rest = http.send("GET /echo?text=y HTTP/1.0\n\n").readToEnd();

      assertThat(head).contains("connection: keep-alive\r\n");
      assertThat(rest).startsWith("x").endsWith("\r\n\r\ny");
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    StringBuilder requests = new StringBuilder("GET /slow?millis=50 HTTP/1.1\nHost: a\n\n");
    StringBuilder expected = new StringBuilder("answered after 50 ms\n");
    for (int i = 0; i < 500; i++) {
      requests.append("GET /echo?text=<").append(i).append("> HTTP/1.1\nHost: a\n\n");
      expected.append('<').append(i).append('>');
    }
    requests.append("GET /download?bytes=8000000 HTTP/1.1\nHost: a\n\n");
    requests.append("GET /echo?text=<end> HTTP/1.1\nHost: a\nConnection: close\n\n");
    try (RawHttp http = new RawHttp(app.address())) {
      String all = http.send(requests.toString()).readToEnd();

      String bodies = all.replaceAll("HTTP/1\\.1 200 OK\r\n(?:[^\r]+\r\n)+\r\n", "");
      assertThat(bodies).startsWith(expected).endsWith("<end>");
      assertThat(bodies).hasSize(expected.length() + 8_000_000 + "<end>".length());
    }
  }

  @Test
  void halfClosedVisitorGetsTheWholeAnswer() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String all =
          http.send("GET /download?bytes=8388608 HTTP/1.1\nHost: a\n\n").finish().readToEnd();

      assertThat(all.length() - all.indexOf("\r\n\r\n") - 4).isEqualTo(8_388_608);
    }
  }

  @Test
  void expectedContinueComesBeforeTheBody() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String first =
          http.send("PUT /upload HTTP/1.1\nHost: a\nContent-Length: 3\nExpect: 100-continue\n\n")
              .readThrough("\r\n\r\n");
      String second = http.send("abc").readThrough("}");

      assertThat(first).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(second)
          .startsWith("HTTP/1.1 200 OK\r\n")
          .endsWith(
              "{\"bytes\":3,\"sha256\":"
                  + "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}");
    }
  }

  @Test
  void chunkedUploadIsCountedWithoutItsFraming() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String answer =
          http.send("POST /upload HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n")
              .send("1\na\n2\nbc\n0\n\n")
              .readThrough("}");

      assertThat(answer).contains("{\"bytes\":3,\"sha256\":\"ba7816bf");
    }
  }

  @Test
  void firstEventComesWhileTheStreamIsOpen() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String first =
          http.send("GET /events?intervalMillis=10000 HTTP/1.1\nHost: a\n\n").readThrough("}\n\n");

      assertThat(first).contains("transfer-encoding: chunked\r\n").contains("\"number\":1,");
    }
  }

  @Test
  void brokenRequestIsRefusedAndTheConnectionClosed() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String all = http.send("GET\u0000 / / /\n\n").readToEnd();

      assertThat(all).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("connection: close\r\n");
    }
  }

  @Test
  void malformedTargetIsRefused() throws Exception {
    try (RawHttp http = new RawHttp(app.address())) {
      String answer = http.send("GET /echo?text=%zz HTTP/1.1\nHost: a\n\n").readThrough("\n\r\n");

      assertThat(answer).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }
  }
}
