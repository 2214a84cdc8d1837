package dev.culvert.bench.jmh;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs {@link SuiteCases} and keeps what they measured: for each group JMH's JSON, and a table in
 * Markdown, which is also printed.
 */
final class SuiteRun {
  private static final CaseRunner AT_LENGTH =
      new CaseRunner(TimeValue.seconds(1), 4, TimeValue.seconds(1), 3);

  private final Path directory;
  private final PrintStream out;

  SuiteRun(Path directory, PrintStream out) {
    this.directory = directory;
    this.out = out;
  }

  /** Runs the groups, all of them where none is named; true where nothing failed. */
  boolean run(List<String> groups) throws IOException {
    Files.createDirectories(directory);
    boolean isComplete = true;
    for (String group : groups.isEmpty() ? List.copyOf(SuiteCases.GROUPS.keySet()) : groups) {
      isComplete &= run(group, SuiteCases.GROUPS.getOrDefault(group, List.of()));
    }
    return isComplete;
  }

  private boolean run(String group, List<BenchmarkCase> cases) throws IOException {
    List<RunResult> results = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (BenchmarkCase each : cases) {
      System.err.println(each);
      String obstacle = each.obstacle();
      if (obstacle != null) {
        missing.add(each + ": skipped, " + obstacle);
        continue;
      }
      try {
        results.addAll(AT_LENGTH.run(each));
      } catch (RunnerException e) {
        missing.add(each + ": failed, " + e.getMessage());
        e.printStackTrace();
      }
    }
    try (PrintStream json = new PrintStream(file(group, "json").toFile(), StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, json).writeOut(results);
    }
    String table = FigureTable.of(results.stream().map(Figure::of).toList(), missing);
    Files.writeString(file(group, "md"), "# JMH: " + group + "\n\n" + table);
    out.println(table);
    return missing.stream().noneMatch(line -> line.contains(": failed, "));
  }

  private Path file(String group, String kind) {
    return directory.resolve("jmh-" + group + "." + kind);
  }
}
