package dev.culvert.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private static final List<Integer> LIMITS_MILLIS =
      List.of(500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000);

  private static List<Duration> waits(Backoff backoff) {
    return Stream.generate(backoff::next).limit(LIMITS_MILLIS.size()).toList();
  }

  @Test
  void waitsAreHalfToAllOfALimitThatDoublesUpToThirtySeconds() {
    for (long seed = 0; seed < 1000; seed++) {
      List<Duration> waits = waits(new Backoff(new Random(seed)));

      for (int i = 0; i < waits.size(); i++) {
        assertThat(waits.get(i).toMillis())
            .as("seed %d, wait %d", seed, i)
            .isBetween(LIMITS_MILLIS.get(i) / 2L, (long) LIMITS_MILLIS.get(i));
      }
    }
  }

  @Test
  void waitsOfManyClientsAreSpread() {
    Set<Duration> firsts = new TreeSet<>();
    for (long seed = 0; seed < 1000; seed++) {
      firsts.add(new Backoff(new Random(seed)).next());
    }

    assertThat(firsts).hasSizeGreaterThan(200).contains(Duration.ofMillis(500));
  }

  @Test
  void sameSeedGivesTheSameWaits() {
    assertThat(waits(new Backoff(new Random(7)))).isEqualTo(waits(new Backoff(new Random(7))));
  }

  @Test
  void resetBeginsAgain() {
    Backoff backoff = new Backoff(new Random(7));
    List<Duration> before = waits(backoff);
    int attempts = backoff.attempts();

    backoff.reset();

    assertThat(attempts).isEqualTo(before.size());
    assertThat(backoff.attempts()).isZero();
    assertThat(backoff.next()).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
  }

  @Test
  void anyNumberOfAttemptsStaysAtTheLimit() {
    Backoff backoff = new Backoff(new Random(7));
    for (int i = 0; i < 100_000; i++) {
      assertThat(backoff.next()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(30));
    }
  }
}
