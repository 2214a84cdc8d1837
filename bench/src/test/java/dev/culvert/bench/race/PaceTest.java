package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PaceTest {
  @Test
  void requestsFallDueAtEvenDistances() {
    Pace pace = new Pace(1000, 5_000_000);

    assertThat(pace.isDue(4_999_999)).isFalse();
    assertThat(pace.take(9_000_000)).isEqualTo(5_000_000);
    assertThat(pace.take(9_000_000)).isEqualTo(6_000_000);
    assertThat(pace.isDue(6_999_999)).isFalse();
    assertThat(pace.isDue(7_000_000)).isTrue();
  }

  @Test
  void withoutARateOneIsDueAtAnyTime() {
    Pace pace = new Pace(Double.POSITIVE_INFINITY, 5_000_000);

    assertThat(pace.isDue(0)).isTrue();
    assertThat(pace.take(7)).isEqualTo(7);
  }
}
