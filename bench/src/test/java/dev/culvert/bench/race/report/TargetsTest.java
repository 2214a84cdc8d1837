package dev.culvert.bench.race.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TargetsTest {
  @Test
  void eachHasARowEvenWithoutFigures() {
    String text = new Targets(new Scores()).text();

    assertThat(text.lines().filter(line -> line.contains("not measured"))).hasSize(22);
  }

  @Test
  void confidenceIsThatOfTheRounds() {
    Scores scores = new Scores();
    scores.add(5, "culvert tcp", "memory idle", "server MB", 90);

    assertThat(new Targets(scores).text())
        .contains("5 round(s)", "with 94 %")
        .containsSubsequence("memory idle, server", "90.0", "at most 100", "met", "64", "missed");
  }
}
