package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SpreadTest {
  @Test
  void medianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
    Spread odd = Spread.of(List.of(9.0, 1.0, 2.0));
    Spread even = Spread.of(List.of(4.0, 1.0, 9.0, 2.0));

    assertThat(odd).isEqualTo(new Spread(2, 1, 9));
    assertThat(even).isEqualTo(new Spread(3, 1, 9));
  }

  @Test
  void ratiosAreOfTheSameRound() {
    Map<Integer, Double> ours = Map.of(1, 2.0, 2, 30.0, 3, 5.0);
    Map<Integer, Double> theirs = Map.of(1, 4.0, 2, 10.0);

    assertThat(Spread.ratios(ours, theirs)).containsExactlyInAnyOrder(0.5, 3.0);
  }

  @Test
  void figuresHaveThreeDigits() {
    assertThat(Spread.of(List.of(0.01234))).hasToString("0.012");
    assertThat(Spread.of(List.of(1234.5, 2.0, 45.67))).hasToString("45.7 [2.00-1235]");
  }
}
