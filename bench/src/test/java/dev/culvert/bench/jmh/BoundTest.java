package dev.culvert.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class BoundTest {
  @Test
  void bothEndsAreWithinTheBound() {
    Bound bound = new Bound("bytes", 50, 100);

    assertThat(bound.holds(50)).isTrue();
    assertThat(bound.holds(100)).isTrue();
    assertThat(bound.holds(49.9)).isFalse();
    assertThat(bound.holds(100.1)).isFalse();
  }

  @Test
  void figureThatIsNoNumberHoldsNoBound() {
    assertThat(Bound.allocatedBytes(1).holds(Double.NaN)).isFalse();
  }

  @Test
  void boundThatNothingCouldHoldIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bound.allocatedBytes(-1))
        .withMessage("bound: 0.0 to -1.0 (expected: <=)");
  }
}
