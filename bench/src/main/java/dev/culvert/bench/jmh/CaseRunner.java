package dev.culvert.bench.jmh;

import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs cases, each in a process of its own with the flags of this one, and measures what they
 * allocate and the processors' time they take.
 *
 * @param warmups how many iterations come before those that count
 * @param measurements how many count
 */
record CaseRunner(TimeValue warmup, int warmups, TimeValue measurement, int measurements) {
  private static final TimeValue PATIENCE = TimeValue.seconds(30);

  /** A benchmark that failed leaves its threads behind, and JMH waits for them. */
  private static final String SHUTDOWN = "-Djmh.shutdownTimeout=2";

  /**
   * One result for each combination of the parameters, at least one.
   *
   * @throws RunnerException something failed, or there is no such benchmark
   */
  Collection<RunResult> run(BenchmarkCase each) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(each.pattern())
            .addProfiler(GCProfiler.class)
            .addProfiler(CpuProfiler.class)
            .forks(1)
            .jvmArgsAppend(SHUTDOWN)
            .warmupTime(warmup)
            .warmupIterations(warmups)
            .measurementTime(measurement)
            .measurementIterations(measurements)
            .timeout(PATIENCE)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    each.parameters().forEach(options::param);
    return new Runner(options.build()).run();
  }
}
