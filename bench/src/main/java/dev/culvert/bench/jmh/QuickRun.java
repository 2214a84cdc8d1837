package dev.culvert.bench.jmh;

import java.io.PrintStream;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link QuickCases} briefly: says whether each works, and holds bounds on bytes, which do not
 * depend on how fast the machine is. The times it prints are worth nothing.
 */
final class QuickRun {
  private static final TimeValue ITERATION = TimeValue.milliseconds(300);
  private static final TimeValue MEASUREMENT = TimeValue.milliseconds(600);
  private static final TimeValue PATIENCE = TimeValue.seconds(30);

  private final PrintStream out;

  QuickRun(PrintStream out) {
    this.out = out;
  }

  /** True where all ran, and within their bounds. */
  boolean run() {
    long startNanos = System.nanoTime();
    out.printf("%-64s %12s %-8s  %s%n", "", "score", "", "bound");
    int failed = 0;
    for (QuickCase each : QuickCases.ALL) {
      failed += run(each) ? 0 : 1;
    }
    out.printf(
        "%d benchmarks, %d failed, %d s%n",
        QuickCases.ALL.size(), failed, (System.nanoTime() - startNanos) / 1_000_000_000);
    return failed == 0;
  }

  private boolean run(QuickCase each) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(each.pattern())
            .addProfiler(GCProfiler.class)
            .forks(1)
            .warmupIterations(2)
            .warmupTime(ITERATION)
            .measurementIterations(1)
            .measurementTime(MEASUREMENT)
            .timeout(PATIENCE)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    each.parameters().forEach(options::param);
    try {
      Collection<RunResult> results = new Runner(options.build()).run();
      boolean isGood = !results.isEmpty();
      for (RunResult result : results) {
        isGood &= print(each, result);
      }
      return isGood;
    } catch (RunnerException e) {
      out.println("FAILED " + each.pattern());
      e.printStackTrace(out);
      return false;
    }
  }

  private boolean print(QuickCase each, RunResult result) {
    StringBuilder title = new StringBuilder(each.type().getSimpleName() + "." + each.method());
    for (String name : result.getParams().getParamsKeys()) {
      title.append(' ').append(result.getParams().getParam(name));
    }
    Result<?> primary = result.getPrimaryResult();
    out.printf("%-64s %12.1f %-8s  ", title, primary.getScore(), primary.getScoreUnit());
    Bound bound = each.bound();
    if (bound == null) {
      out.println();
      return true;
    }
    Result<?> secondary = result.getSecondaryResults().get(bound.metric());
    if (secondary == null) {
      out.println("FAILED: no " + bound.metric());
      return false;
    }
    boolean holds = bound.holds(secondary.getScore());
    out.printf(
        "%s%s %.1f in %.0f to %.0f%n",
        holds ? "" : "FAILED: ", bound.metric(), secondary.getScore(), bound.least(), bound.most());
    return holds;
  }
}
