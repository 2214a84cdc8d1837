package dev.culvert.bench.race.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TargetTest {
  private static Scores ratios(double... ours) {
    Scores scores = new Scores();
    for (int i = 0; i < ours.length; i++) {
      scores.add(i + 1, "culvert tcp", "load", "cost", 10 * ours[i]);
      scores.add(i + 1, "rival", "load", "cost", 10);
    }
    return scores;
  }

  private static List<String> row(Target.Better better, Scores scores) {
    return new Target("what", "load", "cost", "culvert tcp", "rival", better, 0.6, 0.4).row(scores);
  }

  @Test
  void itIsMetWhereTheMedianReachesIt() {
    assertThat(row(Target.Better.LESS, ratios(0.7, 0.5, 0.5, 0.6, 0.5)))
        .containsExactly(
            "what", "ours / rival", "0.500 [0.500-0.700]", "at most 0.6", "met", "0.4", "missed");
  }

  @Test
  void itIsNotMissedWhereOnlyTheIntervalReachesIt() {
    assertThat(row(Target.Better.LESS, ratios(0.59, 0.7, 0.7, 0.7, 0.7)))
        .contains("met within the interval", "missed");
  }

  @Test
  void itIsMissedWhereTheWholeIntervalIsOnTheWrongSide() {
    assertThat(row(Target.Better.LESS, ratios(0.61, 0.7, 0.7, 0.7, 0.7)))
        .doesNotContain("met within the interval", "met");
  }

  @Test
  void moreCanBeBetter() {
    assertThat(row(Target.Better.MORE, ratios(0.5, 0.3, 0.5, 0.3, 0.5)))
        .containsSubsequence("at least 0.6", "missed", "0.4", "met");
  }

  @Test
  void whatHasNoFiguresIsNotMeasured() {
    assertThat(row(Target.Better.LESS, new Scores()))
        .containsSubsequence("-", "at most 0.6", "not measured", "0.4", "not measured");
  }

  @Test
  void withoutARivalItIsTheFigureItself() {
    Target target =
        new Target("what", "load", "cost", "culvert tcp", null, Target.Better.LESS, 100, 64);

    assertThat(target.row(ratios(7)))
        .containsExactly("what", "cost", "70.0 [70.0-70.0]", "at most 100", "met", "64", "missed");
  }
}
