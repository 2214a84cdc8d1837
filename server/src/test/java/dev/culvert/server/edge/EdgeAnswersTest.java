package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.StreamStatus;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What visitors are told where no service answers, and what no service can tell them. */
final class EdgeAnswersTest {
  private static final String UPGRADE = "Connection: upgrade\r\nUpgrade: websocket\r\n";

  @TempDir private Path state;
  private @Nullable EdgeGround opened;

  private EdgeGround ground() throws Exception {
    EdgeGround ground = EdgeGround.open(state);
    opened = ground;
    return ground;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private static void assertAnswer(String response, int status, String code) {
    assertThat(response)
        .startsWith("HTTP/1.1 " + status + " ")
        .containsIgnoringCase("\r\nculvert-error: " + code + "\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSED, 502, local-service-down",
    "UNREACHABLE, 502, local-service-down",
    "UNKNOWN_TUNNEL, 502, local-service-down",
    "TIMED_OUT, 504, local-service-timeout"
  })
  void reasonOfAServiceThatCannotBeReachedIsTold(StreamStatus.Code code, int status, String error)
      throws Exception {
    EdgeGround ground = ground();
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");

      ground.arrival().answer(new StreamStatus(code, "127.0.0.1:3000 said <no>"));

      String response = visitor.readResponse();
      assertAnswer(response, status, error);
      assertThat(response).contains("127.0.0.1:3000 said <no>");
    }
  }

  @Test
  void reasonStaysOnItsLine() throws Exception {
    EdgeGround ground = ground();
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");

      ground
          .arrival()
          .answer(new StreamStatus(StreamStatus.Code.REFUSED, "one\r\ntwo\u001b[2J\u0085"));

      assertThat(visitor.readResponse()).contains("one??two?[2J").endsWith(".\n");
    }
  }

  @Test
  void serverThatStopsSaysSoAndCloses() throws Exception {
    EdgeGround ground = ground();
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");
      ServiceConnection service = ground.serve();
      service.readHead();

      ground.edge().stop();
      service.respond("begun before");
      assertThat(visitor.readResponse()).endsWith("begun before");
      visitor.get("/");

      String response = visitor.readToEnd();
      assertAnswer(response, 503, "server-stopping");
      assertThat(response)
          .containsIgnoringCase("\r\nretry-after: 5\r\n")
          .containsIgnoringCase("\r\nconnection: close\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, 503, server-stopping", "POST, 502, no-response"})
  void requestThatMayBeRepeatedIsToldSoWhereTheServerStopsWithinIt(
      String method, int status, String error) throws Exception {
    EdgeGround ground = ground();
    try (TestVisitor visitor = ground.visit()) {
      visitor.send(method + " / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 0\r\n\r\n");
      ground.serve().readHead();

      ground.edge().stop();
      ground.cutFirst();

      assertAnswer(visitor.readResponse(), status, error);
    }
  }

  @Test
  void clientThatIsGoneWithoutItsRouteIsUnavailable() throws Exception {
    EdgeGround ground = ground();
    ground.cutFirst();
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");

      String response = visitor.readResponse();
      assertAnswer(response, 503, "tunnel-unavailable");
      assertThat(response).containsIgnoringCase("\r\nretry-after: 1\r\n");
    }
  }

  @Test
  void nameOfAClientThatIsAwayIsNotUnknown() throws Exception {
    EdgeGround ground = ground();
    ground.closeRoute();
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");
      String response = visitor.readResponse();
      visitor.send("GET / HTTP/1.1\r\nHost: other.localhost\r\n\r\n");

      assertAnswer(response, 503, "tunnel-offline");
      assertThat(response).containsIgnoringCase("\r\nretry-after: 5\r\n");
      assertAnswer(visitor.readResponse(), 404, "no-such-tunnel");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Culvert-Error", "culvert-error", "CULVERT-ERROR"})
  void serviceCannotSayThatTheEdgeAnswered(String name) throws Exception {
    EdgeGround ground = ground();
    String error = name + ": no-such-tunnel\r\n";
    try (TestVisitor visitor = ground.visit()) {
      visitor.send("GET / HTTP/1.1\r\nHost: app.localhost\r\nTE: trailers\r\n\r\n");
      ServiceConnection service = ground.serve();
      service.readHead();
      service.send("HTTP/1.1 103 Early Hints\r\n" + error + "Link: </a>\r\n\r\n");
      service.send("HTTP/1.1 200 OK\r\n" + error + "Transfer-Encoding: chunked\r\n\r\n");
      service.send("2\r\nok\r\n0\r\n" + error + "X-Sum: 1\r\n\r\n");

      assertThat(visitor.readHead()).contains("</a>").doesNotContainIgnoringCase("culvert");
      assertThat(visitor.readHead()).contains("200").doesNotContainIgnoringCase("culvert");
      assertThat(visitor.readTo("X-Sum: 1\r\n\r\n")).doesNotContainIgnoringCase("culvert");
    }
  }

  @Test
  void serviceCannotSaySoBesideAnUpgradeEither() throws Exception {
    EdgeGround ground = ground();
    String error = "Culvert-Error: x\r\n";
    try (TestVisitor visitor = ground.visit()) {
      visitor.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n" + UPGRADE + "\r\n");
      ServiceConnection service = ground.serve();
      service.readHead();
      service.send("HTTP/1.1 101 Switching Protocols\r\n" + UPGRADE + error + "\r\n");

      assertThat(visitor.readHead()).doesNotContainIgnoringCase("culvert");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no.localhost", "a'b.localhost"})
  void answerToHeadHasNoBody(String host) throws Exception {
    EdgeGround ground = ground();
    try (TestVisitor visitor = ground.visit()) {
      visitor.send("HEAD / HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/html\r\n\r\n");
      String head = visitor.readHead();
      visitor.send("GET / HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/html\r\n\r\n");
      String whole = visitor.readResponse();

      assertAnswer(head, 404, "no-such-tunnel");
      assertThat(whole).startsWith(head).endsWith("</html>\n");
    }
  }
}
