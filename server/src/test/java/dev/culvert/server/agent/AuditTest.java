package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.LoggedLines;
import dev.culvert.server.agent.Audit.Unsaid;
import dev.culvert.server.token.Verification;
import dev.culvert.server.token.Verification.Reason;
import dev.culvert.server.visitor.Origin;
import java.time.Duration;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AuditTest {
  private static final Origin HERE = new Origin("192.0.2.1");
  private static final Duration NO_BAN = Duration.ZERO;

  private long now;
  private final Audit audit = new Audit(() -> now);
  private final LoggedLines log = new LoggedLines(Audit.LOGGER);

  @AfterEach
  void close() {
    log.close();
  }

  private void advance(Duration duration) {
    now += duration.toNanos();
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      audit.failed(HERE, Failure.left(), i + 1, NO_BAN);
    }
  }

  @Test
  void aWrongTokenIsALineWithTheStartOfItsHash() {
    Verification.Rejected revoked =
        new Verification.Rejected(Reason.REVOKED, "the token \"laptop\" was revoked");

    audit.failed(HERE, Failure.token(revoked, new Secret("abc")), 3, NO_BAN);

    assertThat(log.lines())
        .containsExactly(
            "audit: client failed address=192.0.2.1 reason=token-revoked token=sha256:ba7816bf8f01"
                + " failures=3 detail=\"the token \\\"laptop\\\" was revoked\"");
    assertThat(log.levels()).containsExactly(Level.WARNING);
  }

  @Test
  void aFailureWithoutATokenIsALineAndNoWarning() {
    audit.failed(HERE, Failure.late("Hello"), 20, Duration.ofMinutes(1));

    assertThat(log.lines())
        .containsExactly(
            "audit: client failed address=192.0.2.1 reason=late failures=20 turned-away=60s"
                + " detail=\"no Hello in time\"");
    assertThat(log.levels()).containsExactly(Level.INFO);
  }

  @Test
  void whatAClientSaysStaysOnItsLineAndInItsQuotes() {
    String hostile = "a\r\nb\u001b[2J\u0085\u2028\u202e\" reason=none \\ \ud83d\ude00\0{}";

    audit.failed(HERE, Failure.hello(hostile), 1, NO_BAN);

    assertThat(log.lines().getFirst())
        .matches("[ -~]+")
        .endsWith(
            "detail=\"a\\u000d\\u000ab\\u001b[2J\\u0085\\u2028\\u202e\\\" reason=none \\\\ "
                + "\\ud83d\\ude00\\u0000{}\"");
  }

  @Test
  void aTokenInTheWrongPlaceIsNotWrittenDown() {
    audit.failed(HERE, Failure.hello("a type eyJhbGciOiJFUzI1NiJ9.e30.c2ln"), 1, NO_BAN);

    assertThat(log.lines().getFirst()).endsWith("detail=\"a type (secret)\"");
  }

  @Test
  void whatAClientSaysIsCutToSize() {
    audit.failed(HERE, Failure.hello("\n".repeat(60_000)), 1, NO_BAN);

    assertThat(log.lines().getFirst().length()).isLessThan(1500);
  }

  @Test
  void linesAreBoundedAndTheRestIsSummedUp() {
    fail(Audit.BURST + 1000);
    assertThat(log.lines()).hasSize(Audit.BURST);

    advance(Duration.ofSeconds(1));
    fail(100);

    assertThat(log.lines()).hasSize(Audit.BURST + Audit.PER_SECOND);
    advance(Audit.SUMMARY);
    audit.sumUp();
    assertThat(log.lines().getLast())
        .isEqualTo("audit: more clients were not let in: 1090 failed; the last from 192.0.2.1");
  }

  @Test
  void aLongQuietSavesUpNoMoreThanOneBurst() {
    advance(Duration.ofDays(1));

    fail(10 * Audit.BURST);

    assertThat(log.lines()).hasSize(Audit.BURST);
  }

  @Test
  void whatIsTurnedAwayIsOneLineEveryTenSeconds() {
    for (int i = 0; i < 100_000; i++) {
      audit.leftUnsaid(HERE, Unsaid.TURNED_AWAY);
      audit.sumUp();
    }
    audit.leftUnsaid(new Origin("192.0.2.9"), Unsaid.FULL);
    assertThat(log.lines()).isEmpty();

    advance(Audit.SUMMARY);
    audit.sumUp();
    audit.sumUp();

    assertThat(log.lines())
        .containsExactly(
            "audit: more clients were not let in: 100000 after too many failures,"
                + " 1 beyond all places; the last from 192.0.2.9");
  }

  @Test
  void nothingToSumUpIsNoLine() {
    advance(Audit.SUMMARY);

    audit.sumUp();

    assertThat(log.lines()).isEmpty();
  }
}
