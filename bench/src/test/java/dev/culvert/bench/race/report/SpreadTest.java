package dev.culvert.bench.race.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
  void figuresHaveThreeDigits() {
    assertThat(Spread.of(List.of(0.01234))).hasToString("0.0123");
    assertThat(Spread.of(List.of(1234.5, 2.0, 45.67))).hasToString("45.7 [2.00-1235]");
  }
}
