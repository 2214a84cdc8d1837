package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.server.rules.PasswordChecks.Answer;
import dev.culvert.server.rules.PasswordChecks.Outcome;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class PasswordChecksTest {
  /** Of {@code password}; cheap, as of the reference implementation's own tests. */
  static final String HASH =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

  private static final BasicCredentials GOOD = new BasicCredentials("alice", "password");
  private static final BasicCredentials BAD = new BasicCredentials("alice", "passwore");

  private final Clock clock = new Clock();
  private final Hashing hashing = new Hashing();
  private final VisitorBuckets buckets = new VisitorBuckets(clock);
  private final PasswordChecks checks = new PasswordChecks(hashing, clock, buckets);
  private final KnownUsers users = users("alice");

  /** Hashes when it is told to, and counts. */
  static final class Hashing implements Executor {
    final List<Runnable> waiting = new ArrayList<>();
    boolean isFull;

    @Override
    public void execute(Runnable task) {
      if (isFull) {
        throw new RejectedExecutionException("full");
      }
      waiting.add(task);
    }

    /** How many were computed. */
    int runAll() {
      List<Runnable> tasks = List.copyOf(waiting);
      waiting.clear();
      tasks.forEach(Runnable::run);
      return tasks.size();
    }
  }

  static KnownUsers users(String... names) {
    List<Credential> credentials = new ArrayList<>();
    for (String name : names) {
      credentials.add(new Credential(name, new Secret(HASH)));
    }
    return new KnownUsers(credentials);
  }

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(text));
  }

  private CompletableFuture<Answer> check(BasicCredentials credentials, String visitor)
      throws UnknownHostException {
    return checks.check(users, credentials, address(visitor));
  }

  private Outcome outcome(BasicCredentials credentials, String visitor)
      throws UnknownHostException {
    CompletableFuture<Answer> answer = check(credentials, visitor);
    hashing.runAll();
    return answer.join().outcome();
  }

  @Test
  void passwordIsLookedAtOnAnotherThread() throws Exception {
    CompletableFuture<Answer> good = check(GOOD, "192.0.2.1");
    CompletableFuture<Answer> bad = check(BAD, "192.0.2.1");

    assertThat(good).isNotDone();
    assertThat(bad).isNotDone();
    assertThat(hashing.runAll()).isEqualTo(2);
    assertThat(good.join().outcome()).isEqualTo(Outcome.RIGHT);
    assertThat(bad.join().outcome()).isEqualTo(Outcome.WRONG);
  }

  @Test
  void unknownUserCostsAHashToo() throws Exception {
    CompletableFuture<Answer> answer = check(new BasicCredentials("bob", "password"), "192.0.2.1");

    assertThat(answer).isNotDone();
    assertThat(hashing.runAll()).isEqualTo(1);
    assertThat(answer.join().outcome()).isEqualTo(Outcome.WRONG);
  }

  @Test
  void eachUserHasAPasswordOfTheirOwn() throws Exception {
    String other = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$" + "A".repeat(43);
    KnownUsers both =
        new KnownUsers(
            List.of(
                new Credential("alice", new Secret(HASH)),
                new Credential("bob", new Secret(other))));

    CompletableFuture<Answer> alice = checks.check(both, GOOD, address("192.0.2.1"));
    CompletableFuture<Answer> bob =
        checks.check(both, new BasicCredentials("bob", "password"), address("192.0.2.1"));
    hashing.runAll();

    assertThat(alice.join().outcome()).isEqualTo(Outcome.RIGHT);
    assertThat(bob.join().outcome()).isEqualTo(Outcome.WRONG);
  }

  @Test
  void rightPasswordIsRememberedForAWhile() throws Exception {
    assertThat(outcome(GOOD, "192.0.2.1")).isEqualTo(Outcome.RIGHT);

    for (int i = 0; i < 100; i++) {
      assertThat(check(GOOD, "192.0.2.1").join().outcome()).isEqualTo(Outcome.RIGHT);
    }
    assertThat(hashing.waiting).isEmpty();
    clock.advance(PasswordChecks.REMEMBERED);

    assertThat(check(GOOD, "192.0.2.1")).isNotDone();
    assertThat(hashing.waiting).hasSize(1);
  }

  @Test
  void wrongPasswordIsNotRemembered() throws Exception {
    assertThat(outcome(BAD, "192.0.2.1")).isEqualTo(Outcome.WRONG);

    assertThat(checks.remembered()).isZero();
    assertThat(check(BAD, "192.0.2.1")).isNotDone();
  }

  @Test
  void passwordThatIsRightUnderOneHashIsLookedAtAgainUnderAnother() throws Exception {
    assertThat(outcome(GOOD, "192.0.2.1")).isEqualTo(Outcome.RIGHT);
    KnownUsers changed =
        new KnownUsers(
            List.of(
                new Credential(
                    "alice",
                    new Secret("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$" + "A".repeat(43)))));

    CompletableFuture<Answer> answer = checks.check(changed, GOOD, address("192.0.2.1"));

    assertThat(hashing.runAll()).isEqualTo(1);
    assertThat(answer.join().outcome()).isEqualTo(Outcome.WRONG);
  }

  @Test
  void requestsOfOnePasswordAtATimeShareOneHash() throws Exception {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(check(GOOD, "192.0.2.1"));
    }

    assertThat(hashing.runAll()).isEqualTo(1);
    assertThat(answers).allMatch(answer -> answer.join().outcome() == Outcome.RIGHT);
  }

  @Test
  void visitorHasTenTriesAndThenOneEachSixSeconds() throws Exception {
    for (int i = 0; i < PasswordChecks.FAILURES; i++) {
      assertThat(outcome(new BasicCredentials("alice", "guess" + i), "192.0.2.1"))
          .isEqualTo(Outcome.WRONG);
    }

    Answer late = check(GOOD, "192.0.2.1").join();

    assertThat(late).isEqualTo(new Answer(Outcome.TOO_MANY, Duration.ofSeconds(6).toNanos()));
    assertThat(hashing.waiting).isEmpty();
    assertThat(outcome(GOOD, "192.0.2.2")).isEqualTo(Outcome.RIGHT);
    clock.advance(Duration.ofSeconds(6));
    assertThat(outcome(BAD, "192.0.2.1")).isEqualTo(Outcome.WRONG);
    assertThat(outcome(BAD, "192.0.2.1")).isEqualTo(Outcome.TOO_MANY);
  }

  @Test
  void triesThatAreStillBeingLookedAtCount() throws Exception {
    for (int i = 0; i < PasswordChecks.FAILURES; i++) {
      assertThat(check(new BasicCredentials("alice", "guess" + i), "192.0.2.1")).isNotDone();
    }

    assertThat(check(BAD, "192.0.2.1").join().outcome()).isEqualTo(Outcome.TOO_MANY);
  }

  @Test
  void whatIsRememberedNeedsNoTry() throws Exception {
    assertThat(outcome(GOOD, "192.0.2.1")).isEqualTo(Outcome.RIGHT);
    for (int i = 0; i < PasswordChecks.FAILURES; i++) {
      outcome(new BasicCredentials("alice", "guess" + i), "192.0.2.1");
    }

    assertThat(outcome(BAD, "192.0.2.1")).isEqualTo(Outcome.TOO_MANY);
    assertThat(check(GOOD, "192.0.2.1").join().outcome()).isEqualTo(Outcome.RIGHT);
  }

  @Test
  void rightPasswordsCostNoTry() throws Exception {
    for (int i = 0; i < 3 * PasswordChecks.FAILURES; i++) {
      assertThat(outcome(GOOD, "192.0.2.1")).isEqualTo(Outcome.RIGHT);
      clock.advance(PasswordChecks.REMEMBERED.plusNanos(1));
      clock.advance(Duration.ofMinutes(5).negated());
    }
    for (int i = 0; i < PasswordChecks.FAILURES; i++) {
      assertThat(outcome(BAD, "192.0.2.1")).isEqualTo(Outcome.WRONG);
    }
  }

  @Test
  void addressesOfOneHouseholdHaveTheirTriesTogether() throws Exception {
    for (int i = 0; i < PasswordChecks.FAILURES; i++) {
      outcome(new BasicCredentials("alice", "guess" + i), "2001:db8::" + i);
    }

    assertThat(outcome(BAD, "2001:db8::ffff:0:0:1")).isEqualTo(Outcome.TOO_MANY);
    assertThat(outcome(BAD, "2001:db8:0:1::1")).isEqualTo(Outcome.WRONG);
  }

  @Test
  void fullQueueIsBusyAndCostsNoTry() throws Exception {
    hashing.isFull = true;
    for (int i = 0; i < 2 * PasswordChecks.FAILURES; i++) {
      assertThat(check(GOOD, "192.0.2.1").join().outcome()).isEqualTo(Outcome.BUSY);
    }
    hashing.isFull = false;

    assertThat(outcome(GOOD, "192.0.2.1")).isEqualTo(Outcome.RIGHT);
  }

  @Test
  void oneTunnelDoesNotFillTheQueue() throws Exception {
    for (int i = 0; i < PasswordChecks.PENDING_OF_ONE; i++) {
      assertThat(check(new BasicCredentials("alice", "guess" + i), "192.0.2." + i)).isNotDone();
    }

    assertThat(check(BAD, "192.0.3.1").join().outcome()).isEqualTo(Outcome.BUSY);
    assertThat(checks.check(users("bob"), BAD, address("192.0.3.1"))).isNotDone();
    hashing.runAll();
    assertThat(check(BAD, "192.0.3.1")).isNotDone();
  }

  @Test
  void realThreadsAreBoundedAndEndWithTheirBook() throws Exception {
    PasswordChecks real = new PasswordChecks(PasswordChecks.newThreads(), clock, buckets);

    Answer answer = real.check(users, GOOD, address("192.0.2.1")).get();
    real.close();

    assertThat(answer.outcome()).isEqualTo(Outcome.RIGHT);
    assertThat(real.check(users, BAD, address("192.0.2.1")).join().outcome())
        .isEqualTo(Outcome.BUSY);
  }

  @Test
  void hashesOfOneTunnelCostTheSame() {
    Credential cheap = new Credential("alice", new Secret(HASH));
    Credential dear =
        new Credential(
            "bob",
            new Secret(
                "$argon2id$v=19$m=256,t=3,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KnownUsers(List.of(cheap, dear)))
        .withMessageStartingWith("password hashes: expected the same parameters");
  }
}
