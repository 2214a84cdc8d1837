package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.mux.control.HeaderEdits;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.mux.control.VisitorRules.Rate;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.rules.HostRules;
import dev.culvert.server.visitor.Networks;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.server.visitor.VisitorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private EdgeGround groundBehindProxy(Consumer<RulesDraft> change) throws Exception {
    RulesDraft draft = new RulesDraft();
    change.accept(draft);
    TrustedProxies proxies =
        new TrustedProxies(Networks.of(List.of("127.0.0.1")), TrustedProxies.Dialect.X_FORWARDED);
    EdgeGround ground =
        EdgeGround.open(
            state,
            new VisitorSettings(proxies, Networks.NONE, 100),
            draft.finished(),
            AccessLog.off());
    opened = ground;
    return ground;
  }

  @Test
  void trustedProxySaysHowAVisitorCame() throws Exception {
    EdgeGround ground = groundBehindProxy(draft -> draft.httpsRedirect = true);
    try (TestVisitor proxy = ground.visit()) {
      send(proxy, "GET /a", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\n");
      assertThat(proxy.readResponse())
          .startsWith("HTTP/1.1 308 ")
          .containsIgnoringCase("\r\nlocation: https://app.localhost/a\r\n");

      send(proxy, "GET /b", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n");

      assertThat(ground.serve().readHead()).startsWith("GET /b ");
    }
  }

  @Test
  void nobodyElseSaysSo() throws Exception {
    EdgeGround ground = ground(draft -> draft.httpsRedirect = true);
    try (TestVisitor visitor = ground.visit()) {
      send(visitor, "GET /", "X-Forwarded-Proto: https\r\nForwarded: proto=https\r\n");

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 308 ");
    }
  }

  @Test
  void addressIsTheOneThatTrustedProxiesTellHoweverItIsWritten() throws Exception {
    EdgeGround ground =
        groundBehindProxy(draft -> {
          draft.cidrAllow.add("192.0.2.0/24");
          draft.cidrDeny.add("192.0.2.9");
        });
    try (TestVisitor proxy = ground.visit()) {
      for (String denied :
          List.of(
              "198.51.100.1",
              "192.0.2.9",
              "::ffff:192.0.2.9",
              "[::ffff:c000:209]:4711",
              "192.0.2.1, 192.0.2.9",
              "192.0.2.1, 198.51.100.1")) {
        send(proxy, "GET /", "X-Forwarded-For: " + denied + "\r\n");
        assertThat(proxy.readResponse()).as(denied).startsWith("HTTP/1.1 403 ");
      }

      send(proxy, "GET /in", "X-Forwarded-For: 192.0.2.9, ::ffff:192.0.2.1\r\n");

      assertThat(ground.serve().readHead()).startsWith("GET /in ");
    }
  }

  @Test
  void visitorCannotSayWhereItComesFrom() throws Exception {
    EdgeGround ground = ground(draft -> draft.cidrAllow.add("192.0.2.0/24"));
    try (TestVisitor visitor = ground.visit()) {
      for (String header :
          List.of(
              "X-Forwarded-For: 192.0.2.1",
              "x_forwarded_for: 192.0.2.1",
              "X-Real-IP: 192.0.2.1",
              "Forwarded: for=192.0.2.1",
              "True-Client-IP: 192.0.2.1")) {
        send(visitor, "GET /", header + "\r\n");
        assertThat(visitor.readResponse()).as(header).startsWith("HTTP/1.1 403 ");
      }
    }
  }

  /** Each is {@code /admin}, or could be to a service. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/admin",
        "/ADMIN/",
        "//admin",
        "/x/../admin",
        "/x/%2e%2E/admin",
        "/%61dmin",
        "/x;y/..;z/admin",
        "/admin;x=1",
        "/x%2f..%2fadmin",
        "/./admin?x=/",
        "http://app.localhost/admin",
        "HTTP://APP.localhost//%61dmin",
        "http://app.localhost/x/../admin"
      })
  void filterIsNotPassedByWritingThePathOtherwise(String target) throws Exception {
    EdgeGround ground =
        ground(draft -> draft.filters.add(VisitorFilter.parse("deny path /admin/** 404")));
    try (TestVisitor visitor = ground.visit()) {
      send(visitor, "GET " + target, "");

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 404 ").contains("filtered");
      assertThat(ground.hasArrivals()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/%252e%252e/admin", "/%c0%af", "/x\\..\\admin", "/%00", "/%zz", "/%ff", "/a;%2f"})
  void pathThatNobodyWritesInGoodFaithIsRefused(String target) throws Exception {
    EdgeGround ground = ground(draft -> draft.filters.add(VisitorFilter.parse("deny path /admin")));
    try (TestVisitor visitor = ground.visit()) {
      send(visitor, "GET " + target, "");

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 400 ").contains("ambiguous-path");
    }
  }

  @Test
  void headerThatIsDeniedComesNeitherWrittenOtherwiseNorBehindTheBody() throws Exception {
    EdgeGround ground =
        ground(draft -> draft.filters.add(VisitorFilter.parse("deny header X-Debug *")));
    try (TestVisitor visitor = ground.visit()) {
      for (String name : List.of("x-DEBUG", "X_Debug", "x.debug")) {
        send(visitor, "GET /", "X-Debugger: 1\r\n" + name + ": 1\r\n");
        assertThat(visitor.readResponse()).as(name).startsWith("HTTP/1.1 403 ");
      }

      visitor.send(CHUNKED + "1\r\nx\r\n0\r\nX_Debug: 1\r\nX-Sum: 2\r\n\r\n");

      ServiceConnection service = ground.serve();
      service.readHead();
      assertThat(service.readTo("X-Sum: 2\r\n\r\n")).doesNotContainIgnoringCase("debug");
    }
  }

  @Test
  void rulesOfAHostHoldWhereAWildcardsTunnelHasIt() throws Exception {
    EdgeGround ground = ground(draft -> draft.httpsRedirect = true);
    ground.addWildcard("*.wild.localhost");
    RulesDraft draft = new RulesDraft();
    draft.filters.add(VisitorFilter.parse("deny path /secret"));
    ground.replaceHostRules(new HostRules("a.wild.localhost", draft.finished()));
    try (TestVisitor visitor = ground.visit()) {
      for (String host : List.of("a.wild.localhost", "A.Wild.localhost.:80")) {
        visitor.send("GET /secret HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertThat(visitor.readResponse()).as(host).startsWith("HTTP/1.1 403 ");
      }

      visitor.send("GET /secret HTTP/1.1\r\nHost: B.wild.localhost:80\r\n\r\n");

      assertThat(visitor.readResponse())
          .startsWith("HTTP/1.1 308 ")
          .containsIgnoringCase("\r\nlocation: https://b.wild.localhost:8443/secret\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a%00b.wild.localhost",
        "a_b.wild.localhost",
        "-a.wild.localhost",
        ".wild.localhost",
        "a..wild.localhost",
        "a'b.wild.localhost"
      })
  void hostOfAWildcardIsAHostName(String host) throws Exception {
    EdgeGround ground = ground(draft -> {});
    ground.addWildcard("*.wild.localhost");
    try (TestVisitor visitor = ground.visit()) {
      visitor.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 404 ");
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
