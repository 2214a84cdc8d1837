package dev.culvert.bench.jmh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs benchmarks. {@code --quick} is {@link QuickRun}, which exits 1 where something failed;
 * {@code --record DIRECTORY [GROUP...]} is {@link SuiteRun}; any other arguments are JMH's, with
 * {@code -prof gc} and {@link CpuProfiler} unless they name a profiler.
 */
public final class Main {
  private static final String QUICK = "--quick";
  private static final String RECORD = "--record";

  private Main() {}

  public static void main(String[] args) throws Exception {
    String first = args.length == 0 ? "" : args[0];
    if (first.equals(QUICK) && args.length == 1) {
      ignoreOtherBenchmarks();
      System.exit(new QuickRun(QuickCases.ALL, System.out).run() ? 0 : 1);
    }
    if (first.equals(RECORD) && args.length > 1) {
      List<String> groups = List.of(args).subList(2, args.length);
      if (SuiteCases.GROUPS.keySet().containsAll(groups)) {
        ignoreOtherBenchmarks();
        boolean isComplete = new SuiteRun(Path.of(args[1]), System.out).run(groups);
        System.exit(isComplete ? 0 : 1);
      }
    }
    if (Arrays.asList(args).contains(QUICK) || Arrays.asList(args).contains(RECORD)) {
      System.err.printf(
          "usage: %s, or %s DIRECTORY [GROUP...], groups %s, or arguments of JMH (-h lists)%n",
          QUICK, RECORD, SuiteCases.GROUPS.keySet());
      System.exit(2);
    }
    List<String> arguments = new ArrayList<>(List.of(args));
    if (!arguments.contains("-prof")) {
      arguments.addAll(List.of("-prof", "gc", "-prof", CpuProfiler.class.getName()));
    }
    org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
  }

  /** Lets other benchmarks run on the machine, which JMH forbids for the sake of times. */
  private static void ignoreOtherBenchmarks() {
    System.setProperty("jmh.ignoreLock", "true");
  }
}
