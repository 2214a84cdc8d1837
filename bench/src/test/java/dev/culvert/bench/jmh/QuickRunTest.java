package dev.culvert.bench.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.cost.CoreBenchmark;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each runs a benchmark, in a process of its own with the flags of tests, so that it allocates. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class QuickRunTest {
  private static final BenchmarkCase FRAME =
      new BenchmarkCase(CoreBenchmark.class, "frame").with("payloadBytes", "64");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeAll
  static void ignoreOtherBenchmarks() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  private boolean run(BenchmarkCase... cases) {
    return new QuickRun(List.of(cases), new PrintStream(out, true, UTF_8)).run();
  }

  private String output() {
    return out.toString(UTF_8);
  }

  @Test
  void figureWithinItsBoundPasses() {
    assertThat(run(FRAME.within(Bound.allocatedBytes(1_000_000)))).isTrue();
    assertThat(output())
        .contains("CoreBenchmark.frame payloadBytes=64 ", "(bound: 0 to 1000000)")
        .contains("1 figures, 0 failed");
  }

  @Test
  void figureBeyondItsBoundFailsTheRunWhichGoesOn() {
    BenchmarkCase beyond = FRAME.within(Bound.allocatedBytes(1));

    assertThat(run(beyond, FRAME)).isFalse();
    assertThat(output())
        .containsPattern("FAILED: gc.alloc.rate.norm [0-9.]+ \\(bound: 0 to 1\\)")
        .contains("2 figures, 1 failed");
  }

  @Test
  void boundOnWhatIsNotMeasuredFails() {
    assertThat(run(FRAME.within(new Bound("no.such.metric", 0, 1)))).isFalse();
    assertThat(output()).contains("FAILED: no.such.metric NaN");
  }

  @Test
  void benchmarkThatDoesNotRunFails() {
    BenchmarkCase unknown = new BenchmarkCase(CoreBenchmark.class, "noSuch");
    BenchmarkCase broken = FRAME.with("payloadBytes", "many");

    assertThat(run(unknown, broken)).isFalse();
    assertThat(output())
        .contains("CoreBenchmark.noSuch  FAILED", "CoreBenchmark.frame many  FAILED")
        .contains("0 figures, 2 failed");
  }
}
