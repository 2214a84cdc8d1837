package dev.culvert.server.agent;

import static dev.culvert.server.agent.FailedAttempts.KNOWN;
import static dev.culvert.server.agent.FailedAttempts.MAX_ORIGINS;
import static dev.culvert.server.agent.FailedAttempts.REMEMBERED;
import static dev.culvert.server.agent.FailedAttempts.TURNED_AWAY;
import static dev.culvert.server.agent.FailedAttempts.TURNED_AWAY_FROM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.visitor.Origin;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FailedAttemptsTest {
  private static final Origin HERE = new Origin("192.0.2.1");
  private static final Origin THERE = new Origin("192.0.2.2");

  private long now = Long.MAX_VALUE - 1000; // as System.nanoTime may be
  private final FailedAttempts attempts = new FailedAttempts(() -> now);

  private void fail(Origin origin, int times) {
    for (int i = 0; i < times; i++) {
      attempts.failed(origin);
    }
  }

  private void advance(Duration duration) {
    now += duration.toNanos();
  }

  @Test
  void refusalsWaitTwiceAsLongEachTimeUpToFourSeconds() {
    List<Long> millis =
        IntStream.rangeClosed(1, 9).mapToObj(n -> FailedAttempts.delay(n).toMillis()).toList();

    assertThat(millis).containsExactly(0L, 250L, 500L, 1000L, 2000L, 4000L, 4000L, 4000L, 4000L);
    assertThat(FailedAttempts.delay(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void eachOriginHasItsOwnCount() {
    assertThat(attempts.failed(HERE)).isEqualTo(1);
    assertThat(attempts.failed(HERE)).isEqualTo(2);
    assertThat(attempts.failed(THERE)).isEqualTo(1);
  }

  @Test
  void whatHasNoAddressIsNotCounted() {
    fail(Origin.NONE, TURNED_AWAY_FROM);

    assertThat(attempts.failed(Origin.NONE)).isEqualTo(1);
    assertThat(attempts.isTurnedAway(Origin.NONE)).isFalse();
  }

  @Test
  void anOriginThatGoesOnIsTurnedAwayUntilAMinuteHasPassed() {
    fail(HERE, TURNED_AWAY_FROM - 1);
    assertThat(attempts.isTurnedAway(HERE)).isFalse();

    attempts.failed(HERE);

    assertThat(attempts.isTurnedAway(HERE)).isTrue();
    assertThat(attempts.isTurnedAway(THERE)).isFalse();
    advance(TURNED_AWAY.minusNanos(1));
    assertThat(attempts.isTurnedAway(HERE)).isTrue();
    advance(Duration.ofNanos(1));
    assertThat(attempts.isTurnedAway(HERE)).isFalse();
  }

  @Test
  void oneMoreFailureBehindThatMinuteIsAnotherMinute() {
    fail(HERE, TURNED_AWAY_FROM);
    advance(TURNED_AWAY);

    attempts.failed(HERE);

    assertThat(attempts.isTurnedAway(HERE)).isTrue();
  }

  @Test
  void failuresAreForgottenAfterTenMinutesWithoutOne() {
    fail(HERE, TURNED_AWAY_FROM);
    advance(REMEMBERED.minusSeconds(2));
    assertThat(attempts.failed(HERE)).isEqualTo(TURNED_AWAY_FROM + 1);

    advance(REMEMBERED.plusSeconds(2));

    assertThat(attempts.failed(HERE)).isEqualTo(1);
  }

  @Test
  void anOriginWithASessionIsNotTurnedAwayNorForAnHourAfterwards() {
    attempts.sessionBegan(HERE);
    advance(KNOWN.multipliedBy(100));
    fail(HERE, 10 * TURNED_AWAY_FROM);
    assertThat(attempts.isTurnedAway(HERE)).isFalse();

    attempts.sessionEnded(HERE);

    advance(KNOWN.minusSeconds(2));
    fail(HERE, TURNED_AWAY_FROM);
    assertThat(attempts.isTurnedAway(HERE)).isFalse();
    advance(Duration.ofSeconds(4));
    assertThat(attempts.isTurnedAway(HERE)).isTrue();
  }

  @Test
  void theLastOfSeveralSessionsCounts() {
    attempts.sessionBegan(HERE);
    attempts.sessionBegan(HERE);
    attempts.sessionEnded(HERE);
    advance(KNOWN);
    fail(HERE, TURNED_AWAY_FROM);

    assertThat(attempts.isTurnedAway(HERE)).isFalse();
  }

  @Test
  void aSessionForgivesHalfOfTheFailures() {
    fail(HERE, 9);

    attempts.sessionBegan(HERE);

    assertThat(attempts.failed(HERE)).isEqualTo(5);
    attempts.sessionBegan(THERE);
    assertThat(attempts.failed(THERE)).isEqualTo(1);
  }

  @Test
  void aSingleFailureIsForgottenWithASession() {
    fail(HERE, 1);

    attempts.sessionBegan(HERE);

    assertThat(attempts.origins()).isZero();
  }

  @Test
  void asManyOriginsAsThereAreTakeABoundedPlace() {
    for (int i = 0; i < 3 * MAX_ORIGINS; i++) {
      attempts.failed(new Origin("origin " + i));
      attempts.sessionBegan(new Origin("session " + i));
      attempts.sessionEnded(new Origin("session " + i));
    }

    assertThat(attempts.origins()).isLessThanOrEqualTo(MAX_ORIGINS);
    assertThat(attempts.knownOrigins()).isLessThanOrEqualTo(MAX_ORIGINS);
  }

  @Test
  void anOriginThatGoesOnIsNotForgottenForOthersThatFailOnce() {
    for (int i = 0; i < 3 * MAX_ORIGINS; i++) {
      attempts.failed(new Origin("origin " + i));
      if (i % 100 == 0) {
        attempts.failed(HERE);
      }
    }

    assertThat(attempts.failed(HERE)).isGreaterThan(TURNED_AWAY_FROM);
  }
}
