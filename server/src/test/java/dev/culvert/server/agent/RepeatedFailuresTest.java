package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.LoggedLines;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those meet who try again and again, and who else does. */
final class RepeatedFailuresTest {
  private static final String HERE = "192.0.2.1";
  private static final String THERE = "192.0.2.2";
  private static final Secret NO_TOKEN = new Secret("no.such.token");

  private final LoggedLines log = new LoggedLines(Audit.LOGGER);
  private AgentGround ground;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new AgentGround(state);
    ground.warm(NO_TOKEN);
  }

  @AfterEach
  void close() {
    log.close();
    ground.close();
  }

  private static Hello hello(Secret token) {
    return new Hello(ControlProtocol.VERSION, token, AgentGround.ANN, null, 16, "culvert test");
  }

  /** A client that has presented no token of this server's. */
  private TestClient failingAt(String address) {
    TestClient client = TestClient.at(address, ground);
    client.send(ControlCodec.encode(hello(NO_TOKEN)));
    return client;
  }

  private void fail(String address, int times) {
    for (int i = 0; i < times; i++) {
      TestClient client = failingAt(address);
      client.advance(4);
      assertThat(client.server.isOpen()).isFalse();
      client.server.finishAndReleaseAll();
    }
  }

  private static void assertUnauthorized(TestClient client) throws Exception {
    assertThat(client.answer())
        .isInstanceOfSatisfying(
            HelloAnswer.Refusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(EndCode.UNAUTHORIZED));
    assertThat(client.server.isOpen()).isFalse();
  }

  /** That {@code address} has failed once, and not more often. */
  private void assertFailedOnce(String address) throws Exception {
    TestClient next = failingAt(address);
    assertThat(next.answer()).isNull();
    next.advanceMillis(250);
    assertUnauthorized(next);
  }

  @Test
  void theFirstRefusalComesAtOnceAndLaterOnesWaitEverLonger() throws Exception {
    assertUnauthorized(failingAt(HERE));

    for (int millis : new int[] {250, 500, 1000, 2000, 4000, 4000}) {
      TestClient client = failingAt(HERE);
      client.advanceMillis(millis - 1);
      assertThat(client.answer()).isNull();
      assertThat(client.server.isOpen()).isTrue();
      client.advanceMillis(1);
      assertUnauthorized(client);
    }
    assertUnauthorized(failingAt(THERE));
  }

  @Test
  void aRefusalThatWaitsKeepsItsPlaceAndReadsNothingMore() {
    fail(HERE, 5);

    TestClient client = failingAt(HERE);

    assertThat(ground.acceptor.limit().connections()).isEqualTo(1);
    assertThat(client.server.config().isAutoRead()).isFalse();
    client.advance(4);
    assertThat(ground.acceptor.limit().connections()).isZero();
    client.server.finishAndReleaseAll();
  }

  @Test
  void aRefusalThatWaitsIsForgottenWithItsConnection() {
    fail(HERE, 5);
    TestClient client = failingAt(HERE);

    client.server.pipeline().close();
    client.server.runPendingTasks();

    assertThat(client.server.runScheduledPendingTasks()).isEqualTo(-1);
    assertThat(ground.acceptor.limit().connections()).isZero();
  }

  @Test
  void aRefusalComesWithinTheTenSecondsThatTheHandshakeHas() throws Exception {
    fail(HERE, 5);
    TestClient client = TestClient.at(HERE, ground);
    client.advance(9);
    client.send(ControlCodec.encode(hello(NO_TOKEN)));
    assertThat(client.answer()).isNull();

    client.advance(1);

    assertUnauthorized(client);
  }

  @Test
  void aGoodTokenNeverWaitsForTheBadOnesBesideIt() throws Exception {
    fail(HERE, FailedAttempts.TURNED_AWAY_FROM - 1);

    TestClient.at(HERE, ground).greet(ground.hello(AgentGround.ANN, null));

    assertThat(ground.agents.size()).isEqualTo(1);
  }

  @Test
  void anAddressWithASessionIsNotTurnedAwayHoweverMuchFailsThere() throws Exception {
    TestClient.at(HERE, ground).greet(ground.hello(AgentGround.ANN, null));
    fail(HERE, 3 * FailedAttempts.TURNED_AWAY_FROM);

    TestClient.at(HERE, ground).greet(ground.hello(AgentGround.BOB, null));

    assertThat(ground.agents.size()).isEqualTo(2);
  }

  @Test
  void anAddressIsStillKnownWhenItsSessionHasEnded() throws Exception {
    TestClient first = TestClient.at(HERE, ground);
    first.greet(ground.hello(AgentGround.ANN, null));
    first.cut();
    fail(HERE, FailedAttempts.TURNED_AWAY_FROM);

    TestClient.at(HERE, ground).greet(ground.hello(AgentGround.ANN, null));

    assertThat(ground.agents.size()).isEqualTo(1);
  }

  @Test
  void anAddressThatGoesOnIsTurnedAwayForAMinuteAndThenLetIn() throws Exception {
    fail(HERE, FailedAttempts.TURNED_AWAY_FROM);
    assertThat(log.lines().getLast()).contains("failures=20 turned-away=60s");

    for (int i = 0; i < 100; i++) {
      ground.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(590));
      assertThat(TestClient.at(HERE, ground).server.isOpen()).isFalse();
    }

    assertThat(log.lines()).hasSize(FailedAttempts.TURNED_AWAY_FROM);
    ground.nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    TestClient.at(HERE, ground).greet(ground.hello(AgentGround.ANN, null));
  }

  @Test
  void whatIsTurnedAwayIsSummedUp() throws Exception {
    fail(HERE, FailedAttempts.TURNED_AWAY_FROM);
    for (int i = 0; i < 1000; i++) {
      assertThat(TestClient.at(HERE, ground).server.isOpen()).isFalse();
    }

    ground.nanos.addAndGet(Audit.SUMMARY.toNanos());
    ground.acceptor.sweep();

    assertThat(log.lines()).hasSize(FailedAttempts.TURNED_AWAY_FROM + 1);
    assertThat(log.lines().getLast()).contains("1000 after too many failures").contains(HERE);
  }

  @Test
  void aTokenIsCountedAlsoWhereItsClientDoesNotWaitForTheAnswer() throws Exception {
    TestClient client = TestClient.at(HERE, ground);
    client
        .server
        .pipeline()
        .fireChannelRead(ControlCodec.encode(hello(new Secret("not.seen.before"))));

    client.server.pipeline().close();

    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (log.lines().isEmpty() && System.nanoTime() < deadline) {
      client.server.runPendingTasks();
    }
    assertThat(log.lines()).isNotEmpty();
    assertThat(log.lines().getFirst()).contains("address=" + HERE + " reason=token-");
    assertFailedOnce(HERE);
  }

  @Test
  void leavingInTheMiddleOfHelloCounts() throws Exception {
    TestClient client = TestClient.at(HERE, ground);
    client.send(Unpooled.buffer().writeByte(0));

    client.cut();

    assertThat(log.lines().getFirst()).contains("reason=left failures=1");
    assertFailedOnce(HERE);
  }

  @Test
  void silenceCounts() throws Exception {
    TestClient.at(HERE, ground).advance(10);

    assertThat(log.lines().getFirst()).contains("reason=late failures=1");
    assertFailedOnce(HERE);
  }

  @Test
  void malformedHelloCounts() throws Exception {
    TestClient.at(HERE, ground).send(TestClient.frame("{"));

    assertThat(log.lines().getFirst()).contains("reason=hello failures=1");
    assertFailedOnce(HERE);
  }

  @Test
  void anotherVersionCounts() throws Exception {
    TestClient.at(HERE, ground)
        .send(
            ControlCodec.encode(new Hello(2, NO_TOKEN, AgentGround.ANN, null, 16, "culvert test")));

    assertThat(log.lines().getFirst()).contains("reason=version failures=1");
    assertFailedOnce(HERE);
  }

  @Test
  void whatIsNoFaultOfTheClientsDoesNotCount() throws Exception {
    TestClient client = TestClient.at(HERE, ground);
    client.send(ControlCodec.encode(ground.hello(AgentGround.ANN, "0123456789abcdef")));
    assertThat(client.answer()).isInstanceOf(HelloAnswer.Refusal.class);

    TestClient next = failingAt(HERE);

    assertUnauthorized(next);
  }

  @Test
  void theTokenIsNotWrittenDown() {
    fail(HERE, 3);

    assertThat(log.lines()).hasSize(3).noneMatch(line -> line.contains(NO_TOKEN.reveal()));
    assertThat(log.lines()).allMatch(line -> line.matches(".* token=sha256:[0-9a-f]{12} .*"));
  }
}
