package dev.culvert.bench.cost;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Bounds on bytes, which do not depend on how fast the machine is. Each runs a benchmark. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class CostTest {
  /** JMH allocates a little itself between iterations; the smallest object has 16 bytes. */
  private static final double NOTHING = 1;

  /** Lets other benchmarks run on the machine, which JMH forbids for the sake of times. */
  @BeforeAll
  static void ignoreOtherBenchmarks() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  private static Collection<RunResult> run(String benchmark) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(benchmark)
                    .addProfiler(GCProfiler.class)
                    .forks(1)
                    .jvmArgs(
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED")
                    .warmupTime(TimeValue.milliseconds(400))
                    .measurementTime(TimeValue.milliseconds(400))
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build())
            .run();
    assertThat(results).isNotEmpty();
    return results;
  }

  private static double secondary(RunResult result, String name) {
    return requireNonNull(result.getSecondaryResults().get(name), name).getScore();
  }

  @Test
  void coreAllocatesNothingForAFrame() throws RunnerException {
    for (RunResult result : run(CoreBenchmark.class.getName() + ".frame")) {
      assertThat(secondary(result, "gc.alloc.rate.norm"))
          .as("bytes per frame, payload %s", result.getParams().getParam("payloadBytes"))
          .isLessThan(NOTHING);
    }
  }

  @Test
  void writeAllocatesWithinItsBudget() throws RunnerException {
    for (RunResult result : run(WriteBenchmark.class.getName() + ".write")) {
      assertThat(secondary(result, "gc.alloc.rate.norm"))
          .as("bytes per write of %s bytes", result.getParams().getParam("bytes"))
          .isLessThan(1024);
    }
  }

  @Test
  void hundredThousandIdleStreamsTakeAtMostAKibibyteEach() throws RunnerException {
    for (RunResult result : run(IdleStreamFootprint.class.getName() + ".stream")) {
      assertThat(secondary(result, "heapBytesPerStream")).isBetween(50.0, 1024.0);
    }
  }

  @Test
  void idleChannelTakesAtMostThreeKibibytes() throws RunnerException {
    for (RunResult result : run(IdleStreamFootprint.class.getName() + ".channel")) {
      assertThat(secondary(result, "heapBytesPerStream")).isBetween(100.0, 3072.0);
    }
  }
}
