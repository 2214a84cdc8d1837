package dev.culvert.server.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When certificates are renewed, and how long a failed order waits. */
final class TimetableTest {
  private static final Instant BEGIN = HandClock.START;

  private static Instant renewal(Duration lifetime, long serial) throws Exception {
    return Timetable.renewal(
        Certificates.of("a.example.com", BEGIN, lifetime, serial).chain().getFirst());
  }

  @Test
  void aCertificateOfNinetyDaysIsRenewedBetweenThe57thAndThe60th() throws Exception {
    Set<Instant> all = new HashSet<>();
    for (long serial : new long[] {1, 250, 500, 999, 1000}) {
      Instant renewal = renewal(Duration.ofDays(90), serial);
      assertThat(renewal)
          .isBetween(BEGIN.plus(Duration.ofDays(57)), BEGIN.plus(Duration.ofDays(60)));
      all.add(renewal);
    }

    assertThat(Duration.between(Collections.min(all), Collections.max(all)))
        .as("jitter")
        .isGreaterThan(Duration.ofDays(2));
  }

  @Test
  void aShortLifeIsRenewedInProportion() throws Exception {
    assertThat(renewal(Duration.ofDays(6), 500))
        .isBetween(BEGIN.plus(Duration.ofHours(91)), BEGIN.plus(Duration.ofHours(96)));
  }

  @Test
  void aCertificateIsAlwaysRenewedAtTheSameTime() throws Exception {
    assertThat(renewal(Duration.ofDays(90), 77)).isEqualTo(renewal(Duration.ofDays(90), 77));
  }

  @ParameterizedTest
  @CsvSource({"1,10,12", "2,20,24", "3,40,48", "5,160,192", "8,720,864", "100000,720,864"})
  void retriesAreExponentiallyFartherApartUpToABound(int failures, long least, long most) {
    for (int seed = 0; seed < 100; seed++) {
      assertThat(Timetable.retryDelay(failures, new Random(seed)))
          .as("seed %d", seed)
          .isBetween(Duration.ofMinutes(least), Duration.ofMinutes(most));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void noTwoServersRetryInStep(int failures) {
    assertThat(Timetable.retryDelay(failures, new Random(1)))
        .isNotEqualTo(Timetable.retryDelay(failures, new Random(2)));
  }
}
