package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Http2FrameBudgetTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Http2FrameBudget budget = new Http2FrameBudget();

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE / 2, -1, 0, Long.MAX_VALUE / 2})
  void soManyFramesAreGoodAtOnceAndNoMore(long nowNanos) {
    for (int i = 0; i < Http2FrameBudget.AT_ONCE; i++) {
      assertThat(budget.spend(1, nowNanos)).isTrue();
    }

    assertThat(budget.spend(1, nowNanos)).isFalse();
  }

  @Test
  void framesAtTheAllowedRateAreGoodForEver() {
    for (int second = 0; second < 100; second++) {
      assertThat(budget.spend(Http2FrameBudget.PER_SECOND, second * SECOND)).isTrue();
    }
  }

  @Test
  void framesAboveTheAllowedRateEndInTime() {
    int second = 0;
    while (budget.spend(Http2FrameBudget.PER_SECOND + 1000, second * SECOND)) {
      second++;
    }

    assertThat(second).isBetween(20, 40);
  }

  @Test
  void restGivesBackAllAndNoMore() {
    budget.spend(Http2FrameBudget.AT_ONCE, 0);

    assertThat(budget.spend(Http2FrameBudget.AT_ONCE, 1000 * SECOND)).isTrue();
    assertThat(budget.spend(1, 1000 * SECOND)).isFalse();
  }
}
