package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.race.report.Scores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrialTest {
  private static Trial trial(Load load, double serverMegabytes, long... timesNanos) {
    Times.Sorted times = new Times.Sorted(timesNanos);
    return new Trial(load, 1 << 29, 4, 2, serverMegabytes, 10, times, times);
  }

  private static String figures(Trial trial, Path directory) throws Exception {
    Scores scores = new Scores();
    new Scorecard(scores, 1, new Direct()).add(trial);
    Path file = directory.resolve("race.csv");
    scores.write(file);
    return Files.readString(file);
  }

  @Test
  void bulkIsARateAndACostForAGibibyte(@TempDir Path directory) throws Exception {
    try (BulkOrigin origin = BulkOrigin.start()) {
      Load load = new BulkLoad(origin, BulkLoad.Direction.UP, 8);

      assertThat(figures(trial(load, 20), directory))
          .contains("up 8,MB/s,134.218\n", "up 8,CPU s/GiB,4.00000\n");
    }
  }

  @Test
  void requestsAreARateAndACostForEach(@TempDir Path directory) throws Exception {
    assertThat(figures(trial(Loads.keepAlive(), 20), directory))
        .contains("requests/s,1.34218e+08\n", "CPU ms/request,3.72529e-06\n");
  }

  @Test
  void whatHasNoProcessesHasNoCost(@TempDir Path directory) throws Exception {
    assertThat(figures(trial(Loads.keepAlive(), 0), directory)).doesNotContain("CPU");
  }

  @Test
  void pingsAreTimesThroughTheTunnelAndPastIt(@TempDir Path directory) throws Exception {
    try (BulkOrigin origin = BulkOrigin.start()) {
      String figures = figures(trial(new PingLoad(origin), 20, 3_000_000), directory);

      assertThat(figures)
          .contains("p50 ms,3.00000\n", "p99 ms,3.00000\n", "p50 ms past it,3.00000\n");
    }
  }

  @Test
  void onlyWhatCompilesItselfWarmsUpForLong() {
    Contender ours = new Culvert(Path.of("."), Contender.Kind.TCP);

    assertThat(WarmUp.FULL.first(ours)).isGreaterThan(WarmUp.FULL.later(ours));
    assertThat(WarmUp.FULL.later(ours)).isGreaterThan(Duration.ofSeconds(2));
    assertThat(WarmUp.FULL.first(new Direct())).isEqualTo(WarmUp.FULL.later(new Direct()));
  }
}
