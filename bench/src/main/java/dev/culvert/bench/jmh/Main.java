package dev.culvert.bench.jmh;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs benchmarks. {@code --quick} as the only argument is {@link QuickRun}, which exits 1 where
 * something failed; any others are JMH's, with {@code -prof gc} unless they name a profiler.
 */
public final class Main {
  private static final String QUICK = "--quick";

  private Main() {}

  public static void main(String[] args) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(args));
    if (arguments.equals(List.of(QUICK))) {
      System.exit(new QuickRun(System.out).run() ? 0 : 1);
    }
    if (arguments.contains(QUICK)) {
      System.err.println("benchmarks: " + QUICK + " takes no other arguments");
      System.exit(2);
    }
    if (!arguments.contains("-prof")) {
      arguments.addAll(List.of("-prof", "gc"));
    }
    org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
  }
}
