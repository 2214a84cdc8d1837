package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.route.DomainProof.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the DNS says of a host name, asked of a name server over real datagrams. */
final class DomainProofTest {
  private static final String HOST = "www.example.com";
  private static final String RECORD = "_culvert.www.example.com";

  private final TestNameServer dns = TestNameServer.start();
  private final DomainProof proof = new DomainProof(dns.address());

  @AfterEach
  void close() {
    proof.close();
    dns.close();
  }

  private Outcome check(String host, String tokenId) throws Exception {
    return proof.check(host, tokenId).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void recordThatNamesTheTokenProves() throws Exception {
    dns.put(RECORD, "v=spf1 -all", "culvert-token=a1");

    assertThat(check(HOST, "a1")).isEqualTo(Outcome.PROVEN);
  }

  @Test
  void recordThatNamesAnotherTokenDoesNot() throws Exception {
    dns.put(RECORD, "culvert-token=a1", "culvert-token=a12", "culvert-token=");

    assertThat(check(HOST, "b2")).isEqualTo(Outcome.NOT_PROVEN);
    assertThat(check(HOST, "a")).isEqualTo(Outcome.NOT_PROVEN);
  }

  @Test
  void nameWithoutRecordsProvesNothing() throws Exception {
    dns.put("_culvert.empty.example.com");

    assertThat(check(HOST, "a1")).isEqualTo(Outcome.NOT_PROVEN);
    assertThat(check("empty.example.com", "a1")).isEqualTo(Outcome.NOT_PROVEN);
  }

  @Test
  void recordOfTheParentDoesNotProveTheChild() throws Exception {
    dns.put("_culvert.example.com", "culvert-token=a1");

    assertThat(check(HOST, "a1")).isEqualTo(Outcome.NOT_PROVEN);
  }

  @Test
  void brokenNameServerSaysNothing() throws Exception {
    dns.put(RECORD, "culvert-token=a1");
    dns.breakDown();

    assertThat(check(HOST, "a1")).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void answerIsAskedForOnce() throws Exception {
    dns.put(RECORD, "culvert-token=a1");

    check(HOST, "a1");
    int asked = dns.questions();
    check(HOST, "b2");

    assertThat(asked).isPositive();
    assertThat(dns.questions()).isEqualTo(asked);
  }

  @Test
  void eachQuestionComesFromAPortOfItsOwn() throws Exception {
    for (int i = 0; i < 5; i++) {
      check(i + ".example.com", "a1");
    }

    assertThat(dns.askers()).isGreaterThan(1);
  }

  @Test
  void questionsForOneTokenLeaveRoomForOthersAndSpoilNoAnswer() throws Exception {
    dns.put(RECORD, "culvert-token=a1");
    dns.fallSilent();
    for (int i = 0; i < DomainProof.MAX_PENDING_OF_ONE; i++) {
      assertThat(proof.check(i + ".example.com", "b2").toCompletableFuture()).isNotDone();
    }
    assertThat(check(HOST, "b2")).isEqualTo(Outcome.BUSY);
    dns.speakAgain();

    assertThat(check(HOST, "a1")).isEqualTo(Outcome.PROVEN);
  }

  @Test
  void whatWasNotAskedForLackOfRoomIsNotRemembered() throws Exception {
    dns.put(RECORD, "culvert-token=a1");
    dns.fallSilent();
    List<CompletableFuture<Outcome>> waiting = new ArrayList<>();
    for (int i = 0; i < DomainProof.MAX_PENDING; i++) {
      waiting.add(proof.check(i + ".example.com", "b" + i).toCompletableFuture());
    }
    assertThat(check(HOST, "a1")).isEqualTo(Outcome.UNKNOWN);
    dns.speakAgain();
    for (CompletableFuture<Outcome> answer : waiting) {
      answer.get(20, TimeUnit.SECONDS); // to a later try
    }

    assertThat(check(HOST, "a1")).isEqualTo(Outcome.PROVEN);
  }

  @Test
  void recordsOfOthersAreNotKeptAndOnlySomeOfThoseThatNameTokens() throws Exception {
    dns.put(
        RECORD,
        IntStream.range(0, 2 * DomainProof.MAX_TEXTS)
            .mapToObj(i -> i < DomainProof.MAX_TEXTS ? "v=" + i : "culvert-token=a" + i)
            .toArray(String[]::new));
    dns.put(
        "_culvert.many.example.com",
        IntStream.rangeClosed(0, DomainProof.MAX_TEXTS)
            .mapToObj(i -> "culvert-token=a" + i)
            .toArray(String[]::new));

    assertThat(check(HOST, "a" + (2 * DomainProof.MAX_TEXTS - 1))).isEqualTo(Outcome.PROVEN);
    assertThat(check("many.example.com", "a0")).isEqualTo(Outcome.PROVEN);
    assertThat(check("many.example.com", "a" + DomainProof.MAX_TEXTS))
        .isEqualTo(Outcome.NOT_PROVEN);
  }

  @Test
  void nothingIsKnownOnceClosed() throws Exception {
    proof.close();

    assertThat(check(HOST, "a1")).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void recordIsShownAsOneWritesIt() {
    assertThat(DomainProof.record(HOST, "a1"))
        .isEqualTo("_culvert.www.example.com TXT culvert-token=a1");
  }
}
