package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RoundTripTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;
  private static final long ENOUGH_BYTES = 64 * 1024;

  private final RoundTrip roundTrip = new RoundTrip();

  @Test
  void isTheLeastOfTheLatestEight() {
    assertThat(roundTrip.isKnown()).isFalse();
    roundTrip.sample(50 * MILLI);
    for (int i = 0; i < 7; i++) {
      roundTrip.sample(70 * SECOND); // pings that waited behind data
    }
    assertThat(roundTrip.leastNanos()).isEqualTo(50 * MILLI);

    roundTrip.sample(80 * MILLI); // the path has changed

    assertThat(roundTrip.leastNanos()).isEqualTo(80 * MILLI);
  }

  @Test
  void isMeasuredOnceASecondAtFirstAndOnlyBehindData() {
    assertThat(roundTrip.isPingDue(ENOUGH_BYTES - 1, 0)).isFalse();
    assertThat(roundTrip.isPingDue(1, 0)).isTrue();
    assertThat(roundTrip.isPingDue(10 * ENOUGH_BYTES, SECOND - 1)).isFalse();
    assertThat(roundTrip.isPingDue(0, SECOND)).isTrue();
    assertThat(roundTrip.isPingDue(0, 100 * SECOND)).isFalse();
  }

  @Test
  void isMeasuredEveryTenSecondsLater() {
    for (int i = 0; i < 8; i++) {
      roundTrip.sample(MILLI);
    }
    assertThat(roundTrip.isPingDue(ENOUGH_BYTES, 0)).isTrue();

    assertThat(roundTrip.isPingDue(ENOUGH_BYTES, 10 * SECOND - 1)).isFalse();
    assertThat(roundTrip.isPingDue(ENOUGH_BYTES, 10 * SECOND)).isTrue();
  }
}
