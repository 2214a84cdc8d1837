package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CpuMeterTest {
  @Test
  void countsUserAndSystemTimeAndThatOfEndedChildren() {
    String stat = "77 (a) b (c) S 1 77 77 0 -1 4194304 100 0 0 0 1000 200 30 4 20 0 1 0 5000 9 9";

    assertThat(CpuMeter.ticks(stat)).isEqualTo(1234);
  }
}
