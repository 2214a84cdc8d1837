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
      List.of(100, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000);

  private static List<Duration> waits(Backoff backoff) {
    return Stream.generate(backoff::next).limit(LIMITS_MILLIS.size()).toList();
  }

  @Test
  void waitsAreHalfToAllOfALimitThatIsShortOnceAndThenDoublesUpToThirtySeconds() {
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
    Random random = new Random(7);
    Set<Duration> firsts = new TreeSet<>();
    for (int client = 0; client < 1000; client++) {
      firsts.add(new Backoff(random).next());
    }

    assertThat(firsts)
        .hasSizeGreaterThan(40)
        .allMatch(wait -> wait.toMillis() >= 50 && wait.toMillis() <= 100);
  }

  @Test
  void busyServerIsGivenTimeAtOnce() {
    for (long seed = 0; seed < 1000; seed++) {
      Backoff backoff = new Backoff(new Random(seed));

      assertThat(backoff.nextForBusyServer())
          .isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
      assertThat(backoff.attempts()).isOne();
      assertThat(backoff.next()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
      assertThat(backoff.nextForBusyServer())
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }
  }

  @Test
  void sameSeedGivesTheSameWaits() {
    assertThat(waits(new Backoff(new Random(7)))).isEqualTo(waits(new Backoff(new Random(7))));
  }

  @Test
  void sessionThatStoodForTenSecondsBeginsAgain() {
    Backoff backoff = new Backoff(new Random(7));
    List<Duration> before = waits(backoff);
    int attempts = backoff.attempts();

    backoff.sessionEnded(Duration.ofSeconds(10));

    assertThat(attempts).isEqualTo(before.size());
    assertThat(backoff.attempts()).isZero();
    assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
  }

  @Test
  void serverThatLetsInAndDropsIsAskedEverMoreRarely() {
    Backoff backoff = new Backoff(new Random(7));
    for (int i = 0; i < 10; i++) {
      backoff.next();
      backoff.sessionEnded(Duration.ofMillis(9_999));
    }

    assertThat(backoff.next()).isGreaterThanOrEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void anyNumberOfAttemptsStaysAtTheLimit() {
    Backoff backoff = new Backoff(new Random(7));
    for (int i = 0; i < 100_000; i++) {
      assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofSeconds(30));
    }
  }
}
