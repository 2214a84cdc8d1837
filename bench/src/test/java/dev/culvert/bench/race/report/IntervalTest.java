package dev.culvert.bench.race.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class IntervalTest {
  @Test
  void ofFiveItIsFromTheLeastToTheGreatest() {
    Interval interval = Interval.of(List.of(5.0, 1.0, 4.0, 2.0, 3.0));

    assertThat(interval).isEqualTo(new Interval(1, 5, 0.9375));
  }

  @Test
  void ofNineTheOutermostAreNotNeeded() {
    Interval interval = Interval.of(List.of(9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0));

    assertThat(interval.low()).isEqualTo(2);
    assertThat(interval.high()).isEqualTo(8);
    assertThat(interval.confidence()).isCloseTo(0.961, within(0.001));
  }

  @Test
  void oneSaysNothing() {
    assertThat(Interval.of(List.of(7.0))).isEqualTo(new Interval(7, 7, 0));
  }
}
