package dev.culvert.bench.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.control.VisitorRules.Rate;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the server answers in a service's place, to visitors of HTTP/1.1 and HTTP/2. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ErrorAnswersTest {
  private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";
  private static final String EVIL = "/%3Cscript%3E?<script>alert(1)</script>";

  private Tunnel tunnel;
  private LocalService service;

  /** An answer, whatever it came in. */
  private record Answer(int status, String error, String type, String retryAfter, String body) {}

  @BeforeAll
  void start(@TempDir Path state) throws Exception {
    tunnel = Tunnel.start(state);
    service = LocalService.start(ErrorAnswersTest::serve);
    tunnel.connect(
        Tunnel.http(1, "down"),
        Tunnel.http(service.port(), "trailers"),
        Tunnel.http(service.port(), "ruled").withRules(rules()));
    Client away = tunnel.connect(Tunnel.http(1, "away"));
    away.close();
    awaitRoutes(3);
  }

  private void awaitRoutes(int count) {
    while (tunnel.server().routes() != count) {
      Thread.onSpinWait();
    }
  }

  private static VisitorRules rules() {
    RulesDraft draft = new RulesDraft();
    draft.visitorRate = new Rate(1, 3600);
    draft.filters.add(VisitorFilter.parse("deny path /no/** 451"));
    return draft.finished();
  }

  /** Answers each request with trailers of which the server's own header is one. */
  private static void serve(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    String answer =
        """
        HTTP/1.1 200 OK
        Culvert-Error: no-such-tunnel
        Transfer-Encoding: chunked
        Connection: close

        2
        ok
        0
        culvert-ERROR: no-such-tunnel
        X-Sum: 1

        """;
    socket
        .getOutputStream()
        .write(answer.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  @AfterAll
  void stop() throws Exception {
    tunnel.close();
    service.close();
  }

  private Answer http1(String method, String host, String target, String accept) throws Exception {
    try (RawVisitor visitor = RawVisitor.to(tunnel.server().httpAddress().getPort())) {
      visitor.requestTo(
          host + ":80", method, target, "Accept: " + accept, "Connection: close", "X-A: b");
      RawVisitor.Head head = visitor.readHead();
      return new Answer(
          head.status(),
          head.header("culvert-error"),
          head.header("content-type"),
          head.header("retry-after"),
          new String(visitor.in().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private Answer http2(String method, String host, String target, String accept) throws Exception {
    int port = tunnel.server().httpsAddress().getPort();
    try (Http2Dialogue visitor = Http2Dialogue.open(port, "down.localhost")) {
      Http2Dialogue.Answer answer = visitor.ask(method, host, target, "accept: " + accept);
      return new Answer(
          answer.status(),
          answer.header("culvert-error"),
          answer.header("content-type"),
          answer.header("retry-after"),
          answer.text());
    }
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of("nobody.localhost", "GET", EVIL, 404, "no-such-tunnel", ""),
        Arguments.of("a'&b.localhost", "GET", "/", 404, "no-such-tunnel", ""),
        Arguments.of("away.localhost", "GET", "/", 503, "tunnel-offline", "5"),
        Arguments.of("down.localhost", "GET", "/", 502, "local-service-down", ""),
        Arguments.of("down.localhost", "TRACE", "/", 405, "bad-method", ""),
        Arguments.of("a@b.localhost", "GET", "/", 400, "bad-request", ""));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void eachIsToldInTheFormatAskedForWhateverTheVisitorSpeaks(
      String host, String method, String target, int status, String error, String retryAfter)
      throws Exception {
    for (String accept : List.of(BROWSER, "application/json", "*/*")) {
      String path = target.replace("<", "%3C").replace(">", "%3E");
      for (Answer answer :
          List.of(http1(method, host, path, accept), http2(method, host, path, accept))) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.retryAfter()).isEqualTo(retryAfter);
        assertThat(answer.body()).doesNotContain("<script").isNotEmpty();
        switch (accept) {
          case BROWSER -> {
            assertThat(answer.type()).isEqualTo("text/html; charset=utf-8");
            assertThat(answer.body())
                .startsWith("<!doctype html>")
                .contains(error)
                .doesNotContain("'&b");
          }
          case "application/json" -> {
            JsonObject json = JsonParser.parseString(answer.body()).getAsJsonObject();
            assertThat(answer.type()).isEqualTo("application/json");
            assertThat(json.get("error").getAsString()).isEqualTo(error);
          }
          default -> {
            assertThat(answer.type()).isEqualTo("text/plain; charset=utf-8");
            assertThat(answer.body()).containsOnlyOnce("\n");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void answerToHeadHasNoBody(String host, String method, String target, int status, String error)
      throws Exception {
    if (method.equals("GET")) {
      for (Answer answer :
          List.of(http1("HEAD", host, "/", BROWSER), http2("HEAD", host, "/", BROWSER))) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.body()).isEmpty();
      }
    }
  }

  @Test
  void rulesAreToldLikewise() throws Exception {
    String host = "trailers.localhost";
    assertThat(http2("GET", host, "/", "*/*").status()).isEqualTo(200);
    int port = tunnel.server().httpsAddress().getPort();
    try (Http2Dialogue visitor = Http2Dialogue.open(port, "ruled.localhost")) {
      Http2Dialogue.Answer filtered = visitor.ask("GET", "ruled.localhost", "/No/%2e/x");
      Http2Dialogue.Answer limited =
          visitor.ask("GET", "ruled.localhost", "/", "accept: application/json");

      assertThat(filtered.status()).isEqualTo(451);
      assertThat(filtered.header("culvert-error")).isEqualTo("filtered");
      assertThat(limited.status()).isEqualTo(429);
      assertThat(limited.header("culvert-error")).isEqualTo("visitor-rate-limited");
      assertThat(Integer.parseInt(limited.header("retry-after"))).isBetween(3000, 3600);
      assertThat(limited.text()).startsWith("{\"error\":\"visitor-rate-limited\"");
    }
  }

  @Test
  void serviceCannotSayThatTheServerAnswered() throws Exception {
    int port = tunnel.server().httpsAddress().getPort();
    try (Http2Dialogue http2 = Http2Dialogue.open(port, "trailers.localhost");
        RawVisitor http1 = RawVisitor.to(URI.create("https://trailers.localhost:" + port))) {
      Http2Dialogue.Answer answer = http2.ask("GET", "trailers.localhost", "/", "te: trailers");
      http1.request("GET", "/", "TE: trailers", "Connection: close");

      assertThat(answer.head().contains("culvert-error")).isFalse();
      Http2Headers trailers = requireNonNull(answer.trailers());
      assertThat(trailers.contains("culvert-error")).isFalse();
      assertThat(trailers.get("x-sum")).hasToString("1");
      String all = new String(http1.in().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(all).contains("X-Sum: 1").doesNotContainIgnoringCase("culvert-error");
    }
  }
}
