package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.ServerMessage.SessionEnding;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.server.route.FoundRoute;
import dev.culvert.server.route.Route;
import dev.culvert.tls.NegotiatedTls;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who replaces whom, who stands beside whom, and what of a client ends with its sessions. */
final class AgentsTest {
  private final Instant began = Instant.now();
  private AgentGround ground;
  private TestClient first;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new AgentGround(state);
    first = ground.connect(AgentGround.ANN);
    assertThat(first.openHttp(1, "app")).isInstanceOf(TunnelOpened.class);
  }

  @AfterEach
  void close() {
    ground.close();
  }

  private void assertEnding(TestClient client, EndCode code) {
    client.drive();
    assertThat(client.heard.remove())
        .isInstanceOfSatisfying(
            SessionEnding.class, ending -> assertThat(ending.code()).isEqualTo(code));
    assertThat(client.server.isOpen()).isFalse();
  }

  @Test
  void newerSessionTakesOverAtOnce() throws Exception {
    TestClient second = ground.connect(AgentGround.ANN);

    assertThat(second.openHttp(1, "app")).isInstanceOf(TunnelOpened.class);
    Route route = FoundRoute.of(ground.routes, "app.localhost");
    assertEnding(first, EndCode.SUPERSEDED);
    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isSameAs(route).isNotNull();
    assertThat(ground.agents.size()).isOne();
    assertThat(second.server.isOpen()).isTrue();
  }

  @Test
  void anotherInstanceOfTheSameTokenIsAnotherClient() throws Exception {
    TestClient other = ground.connect(AgentGround.BOB);

    assertThat(other.openHttp(1, "app"))
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.TAKEN));
    assertThat(first.server.isOpen()).isTrue();
    assertThat(ground.agents.size()).isEqualTo(2);
  }

  @Test
  void joinedSessionKeepsTheTunnelsWhenTheFirstOneBreaks() throws Exception {
    TestClient second = ground.joined(AgentGround.ANN, first.session());
    Route route = FoundRoute.of(ground.routes, "app.localhost");

    first.cut();

    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isSameAs(route).isNotNull();
    assertThat(ground.agents.size()).isOne();
    second.cut();
    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNull();
    assertThat(ground.agents.size()).isZero();
  }

  @Test
  void sessionsAreListedWhileTheyLast() throws Exception {
    TestClient other = ground.connect(AgentGround.BOB);
    TestClient second = ground.joined(AgentGround.ANN, first.session());

    assertThat(ground.agents.sessions())
        .extracting(SessionFacts::id)
        .containsExactlyInAnyOrder(first.session(), second.session(), other.session());
    assertThat(ground.agents.sessions())
        .allSatisfy(session -> {
          assertThat(session.client()).matches("laptop/[0-9a-f]{6}");
          assertThat(session.software()).isEqualTo("culvert test");
          assertThat(session.address()).isEqualTo("embedded");
          assertThat(session.since()).isBetween(began, Instant.now());
          assertThat(session.tls()).isEqualTo(NegotiatedTls.NONE);
        });

    second.cut();
    other.cut();
    assertThat(ground.agents.sessions())
        .extracting(SessionFacts::id)
        .containsExactly(first.session());
  }

  @Test
  void sessionOfAnotherInstanceCannotBeJoined() throws Exception {
    TestClient other = new TestClient(ground);

    other.send(ControlCodec.encode(ground.hello(AgentGround.BOB, first.session())));

    assertThat(other.answer()).isInstanceOf(HelloAnswer.Refusal.class);
    assertThat(first.server.isOpen()).isTrue();
  }

  @Test
  void sessionThatEndedCannotBeJoined() throws Exception {
    first.cut();
    TestClient second = new TestClient(ground);

    second.send(ControlCodec.encode(ground.hello(AgentGround.ANN, first.session())));

    assertThat(second.answer()).isInstanceOf(HelloAnswer.Refusal.class);
    assertThat(ground.agents.size()).isZero();
  }

  @Test
  void sessionOfANewerTextCannotBeJoinedWithTheOneBefore() throws Exception {
    Secret newer = ground.tokens.rotate("laptop", Duration.ofHours(1), Duration.ofHours(1)).text();
    ground.verifier.reloadIfChanged();
    ground.warm(newer);
    ground.warm(ground.token.text());
    Hello hello = ground.hello(AgentGround.ANN, null);
    TestClient second = new TestClient(ground);
    second.greet(
        new Hello(
            hello.version(), newer, hello.instance(), null, hello.maxStreams(), hello.software()));
    TestClient third = new TestClient(ground);

    third.send(ControlCodec.encode(ground.hello(AgentGround.ANN, second.session())));

    assertThat(third.answer()).isInstanceOf(HelloAnswer.Refusal.class);
    assertThat(second.server.isOpen()).isTrue();
  }

  @Test
  void ninthSessionIsOneTooMany() throws Exception {
    for (int i = 1; i < 8; i++) {
      ground.joined(AgentGround.ANN, first.session());
    }
    TestClient ninth = new TestClient(ground);

    ninth.send(ControlCodec.encode(ground.hello(AgentGround.ANN, first.session())));

    assertThat(ninth.answer()).isInstanceOf(HelloAnswer.Refusal.class);
    assertThat(first.server.isOpen()).isTrue();
  }

  @Test
  void newerSessionReplacesAllThatWereThere() throws Exception {
    TestClient second = ground.joined(AgentGround.ANN, first.session());

    ground.connect(AgentGround.ANN);

    assertEnding(first, EndCode.SUPERSEDED);
    assertEnding(second, EndCode.SUPERSEDED);
    assertThat(ground.agents.size()).isOne();
  }

  @Test
  void lostConnectionFreesTheTunnelsAtOnce() {
    assertThat(first.openTcp(2, 101)).isInstanceOf(TunnelOpened.class);
    assertThat(ground.listening).hasSize(1);

    first.cut();

    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNull();
    assertThat(ground.listening).isEmpty();
    assertThat(ground.agents.size()).isZero();
  }

  @Test
  void revokedTokenEndsItsSessionsAndTunnels() throws Exception {
    ground.tokens.revoke("laptop");

    ground.verifier.reloadIfChanged();

    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNull();
    assertEnding(first, EndCode.UNAUTHORIZED);
    assertThat(ground.agents.size()).isZero();
  }

  @Test
  void closingTellsEveryClientAndWaitsForAll() throws Exception {
    TestClient other = ground.connect(AgentGround.BOB);

    Future<Void> closed = ground.agents.close();

    assertEnding(first, EndCode.SHUTDOWN);
    assertThat(closed.isDone()).isFalse();
    assertEnding(other, EndCode.SHUTDOWN);
    assertThat(closed.isSuccess()).isTrue();
  }

  @Test
  void clientThatIsLetInWhileTheServerStopsIsNotWaitedFor() throws Exception {
    first.openTcp(2, 101);
    List<Future<Void>> closed = new ArrayList<>();
    ground.whenStopped =
        () -> {
          ground.whenStopped = () -> {};
          closed.add(ground.agents.close());
        };
    TestClient second = new TestClient(ground);

    second.send(ControlCodec.encode(ground.hello(AgentGround.ANN, null)));

    assertThat(second.answer()).isInstanceOf(HelloAnswer.Refusal.class);
    assertThat(ground.agents.size()).isZero();
    assertThat(closed).singleElement().matches(Future::isSuccess);
  }

  @Test
  void clientThatDoesNotListenIsGivenASecond() {
    ground.agents.close();
    first.server.runPendingTasks();
    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNull();

    first.advance(1);

    assertThat(first.server.isOpen()).isFalse();
  }
}
