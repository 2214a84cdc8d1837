package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CpuMeterTest {
  /** Some tenths of a second of a shell. */
  private static final String WORK = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; ";

  private static Daemon shell(String script, Path directory) throws IOException {
    return new Daemon(List.of("sh", "-c", script), Map.of(), directory.resolve("output"));
  }

  @Test
  void countsUserAndSystemTimeAndThatOfEndedChildren() {
    String stat = "77 (a) b (c) S 1 77 77 0 -1 4194304 100 0 0 0 1000 200 30 4 20 0 1 0 5000 9 9";

    assertThat(CpuMeter.ticks(stat)).isEqualTo(1234);
  }

  @Test
  void workOfAChildThatHasEndedCounts(@TempDir Path directory) throws Exception {
    try (Daemon daemon = shell("(" + WORK + "); echo did it; sleep 60; :", directory)) {
      daemon.await("(did it)");

      assertThat(CpuMeter.cpuSeconds(List.of(daemon))).isGreaterThan(0.04);
    }
  }

  @Test
  void workOfAChildThatGoesOnCounts(@TempDir Path directory) throws Exception {
    try (Daemon daemon = shell("(" + WORK + "echo did it; sleep 60; :); :", directory)) {
      daemon.await("(did it)");

      assertThat(CpuMeter.cpuSeconds(List.of(daemon))).isGreaterThan(0.04);
    }
  }
}
