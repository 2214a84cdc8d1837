package dev.culvert.bench.race.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScoresTest {
  private static Scores scores() {
    Scores scores = new Scores();
    scores.add(1, "culvert tcp", "down 8", "MB/s", 2);
    scores.add(2, "culvert tcp", "down 8", "MB/s", 30);
    scores.add(3, "culvert tcp", "down 8", "MB/s", 5);
    scores.add(1, "frp tcp", "down 8", "MB/s", 4);
    scores.add(2, "frp tcp", "down 8", "MB/s", 10);
    return scores;
  }

  @Test
  void ratiosAreOfTheSameRound() {
    assertThat(scores().ratios("culvert tcp", "frp tcp", "down 8", "MB/s"))
        .containsExactlyInAnyOrder(0.5, 3.0);
  }

  @Test
  void whatWasWrittenIsRead(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("race.csv");
    scores().write(file);

    Scores read = Scores.read(file);

    assertThat(read.contenders()).containsExactly("culvert tcp", "frp tcp");
    assertThat(read.byRound("culvert tcp", "down 8", "MB/s"))
        .isEqualTo(scores().byRound("culvert tcp", "down 8", "MB/s"));
    assertThat(Files.readString(file)).startsWith("round,contender,load,quantity,value\n");
  }

  @Test
  void whatIsNotOfARaceIsRefused(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("race.csv"), "1,2,3\n");

    assertThatIOException().isThrownBy(() -> Scores.read(file)).withMessageContaining("race.csv");
  }

  @Test
  void aTableSetsOursBesideEachOtherOfItsKind() {
    Scores scores = scores();
    scores.add(1, "frp http", "down 8", "MB/s", 8);

    assertThat(new Table(scores).text())
        .containsSubsequence("| down 8", "| MB/s", "|---|---|---|\n", "| 5.00 [2.00-30.0] | -")
        .containsSubsequence("| frp tcp", "| 7.00 [4.00-10.0] | 1.75 [0.500-3.00]")
        .containsSubsequence("| frp http", "| 8.00", "| -");
  }
}
