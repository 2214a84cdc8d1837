package dev.culvert.bench.jmh;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs cases briefly: says whether each works, and holds bounds on bytes, which do not depend on
 * how fast the machine is. The times it prints are worth nothing.
 */
final class QuickRun {
  private static final CaseRunner BRIEFLY =
      new CaseRunner(TimeValue.milliseconds(300), 2, TimeValue.milliseconds(600), 1);

  private final List<BenchmarkCase> cases;
  private final PrintStream out;
  private int figures;
  private int failed;

  QuickRun(List<BenchmarkCase> cases, PrintStream out) {
    this.cases = cases;
    this.out = out;
  }

  /** True where all ran that can run here, and within their bounds. */
  boolean run() {
    long startNanos = System.nanoTime();
    for (BenchmarkCase each : cases) {
      String obstacle = each.obstacle();
      if (obstacle == null) {
        run(each);
      } else {
        out.println(each + "  SKIPPED: " + obstacle);
      }
    }
    out.printf(
        "%d figures, %d failed, %d s%n",
        figures, failed, (System.nanoTime() - startNanos) / 1_000_000_000);
    return failed == 0;
  }

  private void run(BenchmarkCase each) {
    try {
      for (RunResult result : BRIEFLY.run(each)) {
        print(each.bound(), Figure.of(result));
      }
    } catch (RunnerException e) {
      failed++;
      out.println(each + "  FAILED");
      e.printStackTrace(out);
    }
  }

  private void print(@Nullable Bound bound, Figure figure) {
    figures++;
    out.printf(
        "%-72s %12.1f %-6s %12.1f B/op",
        figure.title(),
        figure.score(),
        figure.unit(),
        figure.metrics().getOrDefault(Bound.ALLOCATED_BYTES, 0.0));
    if (bound != null) {
      double value = figure.metrics().getOrDefault(bound.metric(), Double.NaN);
      boolean holds = bound.holds(value);
      failed += holds ? 0 : 1;
      out.printf("  %s%s %.1f (bound: %s)", holds ? "" : "FAILED: ", bound.metric(), value, bound);
    }
    out.println();
  }
}
