package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.route.DomainProof.Outcome;
import java.util.concurrent.TimeUnit;
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
