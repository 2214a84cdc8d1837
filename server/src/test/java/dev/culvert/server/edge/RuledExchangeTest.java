package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.mux.control.HeaderEdits;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.mux.control.VisitorRules.Rate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rules for visitors do to requests on their way. */
final class RuledExchangeTest {
  /** Of {@code password}, as of the reference implementation's own tests. */
  private static final String HASH =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

  private static final String GOOD = "Authorization: Basic YWxpY2U6cGFzc3dvcmQ=\r\n";
  private static final String BAD = "Authorization: Basic YWxpY2U6cGFzc3dvcmU=\r\n";

  private static final String CHUNKED =
      "POST / HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

  @TempDir private Path state;
  private @Nullable EdgeGround opened;

  private EdgeGround ground(Consumer<RulesDraft> change) throws Exception {
    RulesDraft draft = new RulesDraft();
    change.accept(draft);
    EdgeGround ground = EdgeGround.open(state, draft.finished());
    opened = ground;
    return ground;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private static void addAlice(RulesDraft draft) {
    draft.basicAuth.add(new Credential("alice", new Secret(HASH)));
  }

  private static void send(TestVisitor visitor, String line, String headers) throws IOException {
    visitor.send(line + " HTTP/1.1\r\nHost: app.localhost\r\n" + headers + "\r\n");
  }

  @Test
  void whatIsRefusedNeverReachesTheServiceAndTheConnectionGoesOn() throws Exception {
    EdgeGround ground =
        ground(draft -> draft.filters.add(VisitorFilter.parse("deny path /no 404")));
    try (TestVisitor visitor = ground.visit()) {
      for (int i = 0; i < 3; i++) {
        visitor.get("/no");
        assertThat(visitor.readResponse())
            .startsWith("HTTP/1.1 404 ")
            .containsIgnoringCase("culvert-error: filtered\r\n");
      }
      visitor.get("/yes");

      assertThat(ground.serve().readHead()).startsWith("GET /yes ");
      assertThat(ground.hasArrivals()).isFalse();
    }
  }

  @Test
  void addressThatIsNotLetInIsTold() throws Exception {
    EdgeGround ground = ground(draft -> draft.cidrDeny.add("127.0.0.0/8"));
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 403 ").contains("address-refused");
      assertThat(ground.hasArrivals()).isFalse();
    }
  }

  @Test
  void passwordIsAskedForAndNotPassedOn() throws Exception {
    EdgeGround ground = ground(RuledExchangeTest::addAlice);
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");
      assertThat(visitor.readResponse())
          .startsWith("HTTP/1.1 401 ")
          .containsIgnoringCase(
              "www-authenticate: Basic realm=\"app.localhost\", charset=\"UTF-8\"\r\n");
      send(visitor, "GET /", BAD);
      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 401 ");
      assertThat(ground.hasArrivals()).isFalse();

      send(visitor, "POST /in", GOOD + "Content-Length: 4\r\n");
      visitor.send("body");

      ServiceConnection service = ground.serve();
      assertThat(service.readHead())
          .startsWith("POST /in ")
          .doesNotContainIgnoringCase("authorization");
      assertThat(service.readTo("body")).isEqualTo("body");
      service.respond("hello");
      assertThat(visitor.readResponse()).endsWith("hello");
    }
  }

  @Test
  void bodyThatWaitsForThePasswordIsPassedOnWhole() throws Exception {
    EdgeGround ground = ground(RuledExchangeTest::addAlice);
    String body = "b".repeat(300_000);
    try (TestVisitor visitor = ground.visit()) {
      send(visitor, "PUT /in", GOOD + "Content-Length: 300000\r\n");
      visitor.send(body);

      ServiceConnection service = ground.serve();
      service.readHead();
      assertThat(service.readTo(body)).isEqualTo(body);
    }
  }

  @Test
  void bodyThatIsAnnouncedTooLongIsRefusedBeforeItComes() throws Exception {
    EdgeGround ground = ground(draft -> draft.maxBodyBytes = 10);
    try (TestVisitor visitor = ground.visit()) {
      send(visitor, "POST /", "Content-Length: 11\r\n");

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 413 ").contains("body-too-large");
      assertThat(ground.hasArrivals()).isFalse();
    }
  }

  @Test
  void bodyThatBecomesTooLongIsRefusedAndItsRequestCut() throws Exception {
    EdgeGround ground = ground(draft -> draft.maxBodyBytes = 10);
    try (TestVisitor visitor = ground.visit()) {
      send(visitor, "POST /", "Transfer-Encoding: chunked\r\n");
      visitor.send("a\r\n0123456789\r\n");
      ServiceConnection service = ground.serve();
      service.readHead();
      service.readTo("0123456789");

      visitor.send("1\r\nx\r\n");

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 413 ").contains("body-too-large");
      assertThat(service.awaitFinish()).isFalse();
    }
  }

  @Test
  void bodyThatIsTooLongInItsFirstPacketIsRefused() throws Exception {
    EdgeGround ground = ground(draft -> draft.maxBodyBytes = 10);
    try (TestVisitor visitor = ground.visit()) {
      visitor.send(CHUNKED + "b\r\n0123456789x\r\n0\r\n\r\n");

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 413 ");
      visitor.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 11\r\n\r\n");
      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void bodyThatBecomesTooLongBehindTheAnswersBeginningCutsTheAnswer() throws Exception {
    EdgeGround ground = ground(draft -> draft.maxBodyBytes = 10);
    try (TestVisitor visitor = ground.visit()) {
      send(visitor, "POST /", "Transfer-Encoding: chunked\r\n");
      ServiceConnection service = ground.serve();
      service.readHead();
      service.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun");
      visitor.readTo("begun");

      visitor.send("b\r\n0123456789x\r\n");

      assertThatThrownBy(visitor::readToEnd).isInstanceOf(IOException.class);
      assertThat(service.awaitFinish()).isFalse();
    }
  }

  @Test
  void headersAreEditedBothWaysAndHostIsReplaced() throws Exception {
    EdgeGround ground =
        ground(draft -> {
          draft.hostHeader = "localhost:3000";
          draft.requestHeaders =
              new HeaderEdits(
                  List.of("Cookie"),
                  List.of(new HeaderEdits.Field("X-Set", "ours")),
                  List.of(new HeaderEdits.Field("X-Add", "more")));
          draft.responseHeaders =
              new HeaderEdits(
                  List.of("Server"), List.of(new HeaderEdits.Field("X-Frame", "DENY")), List.of());
        });
    try (TestVisitor visitor = ground.visit()) {
      send(visitor, "GET /", "Cookie: a=b\r\nX-Set: theirs\r\n");
      ServiceConnection service = ground.serve();
      String head = service.readHead();
      service.send(
          "HTTP/1.1 200 OK\r\nServer: secret/1\r\nX-Frame: ANY\r\nContent-Length: 2\r\n\r\nok");
      String response = visitor.readResponse();

      assertThat(head)
          .containsIgnoringCase("\r\nhost: localhost:3000\r\n")
          .containsIgnoringCase("\r\nx-forwarded-host: app.localhost\r\n")
          .containsIgnoringCase("\r\nx-set: ours\r\n")
          .containsIgnoringCase("\r\nx-add: more\r\n")
          .doesNotContainIgnoringCase("cookie", "theirs");
      assertThat(response)
          .containsIgnoringCase("\r\nx-frame: DENY\r\n")
          .doesNotContainIgnoringCase("secret", "ANY\r\n");
    }
  }

  @Test
  void visitorsWithoutTlsAreRedirected() throws Exception {
    EdgeGround ground = ground(draft -> draft.httpsRedirect = true);
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/a?b=c");

      assertThat(visitor.readResponse())
          .startsWith("HTTP/1.1 308 ")
          .containsIgnoringCase("\r\nlocation: https://app.localhost:8443/a?b=c\r\n");
    }
  }

  @Test
  void rateIsHeldAndSaysWhenToComeAgain() throws Exception {
    EdgeGround ground = ground(draft -> draft.visitorRate = new Rate(1, 3600));
    try (TestVisitor visitor = ground.visit();
        TestVisitor other = ground.visit()) {
      visitor.get("/");
      ground.serve().respond("ok");
      visitor.readResponse();

      other.get("/");

      assertThat(other.readResponse())
          .startsWith("HTTP/1.1 429 ")
          .containsIgnoringCase("\r\nretry-after: 3")
          .contains("visitor-rate-limited");
    }
  }

  private static void assertFull(EdgeGround ground) throws Exception {
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/full");
      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 429 ").contains("at-a-time");
    }
  }

  /** Asks until the place is free again: what ended is noticed a moment later. */
  private static void assertFree(EdgeGround ground) throws Exception {
    long deadline = System.nanoTime() + EdgeGround.PATIENCE_SECONDS * 1_000_000_000L;
    while (true) {
      try (TestVisitor visitor = ground.visit()) {
        visitor.get("/free");
        while (!ground.hasArrivals() && visitor.socket().getInputStream().available() == 0) {
          Thread.onSpinWait();
        }
        if (ground.hasArrivals()) {
          ServiceConnection service = ground.serve();
          assertThat(service.readHead()).startsWith("GET /free ");
          service.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
          assertThat(visitor.readResponse()).endsWith("ok");
          return;
        }
        assertThat(visitor.readResponse()).startsWith("HTTP/1.1 429 ");
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
    }
  }

  private static final String LAST =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

  @Test
  void placeIsFreeOnceTheAnswerHasGone() throws Exception {
    EdgeGround ground = ground(draft -> draft.maxRequests = 1);
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");
      ServiceConnection service = ground.serve();
      service.readHead();
      assertFull(ground);

      service.send(LAST);
      visitor.readResponse();

      assertFree(ground);
    }
  }

  @Test
  void placeIsFreeOnceTheVisitorHasLeft() throws Exception {
    EdgeGround ground = ground(draft -> draft.maxRequests = 1);
    TestVisitor visitor = ground.visit();
    visitor.get("/");
    ground.serve().readHead();
    assertFull(ground);

    visitor.cut();

    assertFree(ground);
  }

  @Test
  void placeIsFreeOnceTheServiceHasFailed() throws Exception {
    EdgeGround ground = ground(draft -> draft.maxRequests = 1);
    try (TestVisitor visitor = ground.visit()) {
      visitor.get("/");
      ServiceConnection service = ground.serve();
      service.readHead();
      assertFull(ground);

      service.cut();
      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");

      assertFree(ground);
    }
  }

  @Test
  void placeOfAWebSocketIsFreeOnceItHasEnded() throws Exception {
    EdgeGround ground = ground(draft -> draft.maxRequests = 1);
    TestVisitor visitor = ground.visit();
    send(visitor, "GET /", "Connection: upgrade\r\nUpgrade: websocket\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    visitor.readHead();
    visitor.send("frame");
    service.readTo("frame");
    assertFull(ground);

    visitor.cut();

    assertFree(ground);
  }
}
