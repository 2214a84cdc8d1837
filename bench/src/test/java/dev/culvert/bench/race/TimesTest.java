package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class TimesTest {
  @Test
  void percentileIsTheLeastThatSoManyDoNotExceed() {
    long[] times = LongStream.rangeClosed(1, 200).map(i -> (201 - i) * 1_000_000).toArray();

    assertThat(new Times.Sorted(times).percentileMillis(50)).isEqualTo(100);
    assertThat(new Times.Sorted(times).percentileMillis(99)).isEqualTo(198);
  }

  @Test
  void clearedTimesAreForgotten() {
    Times times = new Times();
    times.add(1);

    times.clear();
    times.add(2);

    assertThat(times.all()).containsExactly(2);
  }
}
