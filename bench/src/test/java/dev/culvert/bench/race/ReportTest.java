package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.race.report.Scores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  private static final Plan PLAN = Plan.parse(List.of("--quick"), List.of());

  private static Report report() {
    Scores scores = new Scores();
    new Scorecard(scores, 1, new Frp(Contender.Kind.TCP)).add("down 8", "MB/s", 123);
    return new Report("- facts\n", PLAN, scores, List.of("left out: chisel, not installed"));
  }

  @Test
  void saysWhatWasDoneWhatBecameOfItAndWhatWasNot() {
    assertThat(report().text())
        .containsSubsequence(
            "1 round(s); a load counts for 2 s, after 1 s",
            "| down 8  | MB/s",
            "| frp tcp | 123",
            "Targets, 1 round(s)",
            "- left out: chisel, not installed");
  }

  @Test
  void recordsFiguresTextAndFacts(@TempDir Path directory) throws IOException {
    Path record = directory.resolve("new/record");

    report().write(record);

    assertThat(record.resolve("race.csv")).content().contains("1,frp tcp,down 8,MB/s,123");
    assertThat(record.resolve("table.md")).hasContent(report().text());
    assertThat(record.resolve("machine.md")).hasContent("- facts\n");
  }
}
