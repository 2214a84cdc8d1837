package dev.culvert.bench.jmh;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs {@link SuiteCases} and keeps what they measured: for each group a line of JSON for each
 * figure, and a table in Markdown, which is also printed.
 */
final class SuiteRun {
  private static final CaseRunner AT_LENGTH =
      new CaseRunner(TimeValue.seconds(1), 3, TimeValue.seconds(1), 3);

  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().serializeSpecialFloatingPointValues().create();

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
    List<Figure> figures = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    boolean isComplete = true;
    for (BenchmarkCase each : cases) {
      System.err.println(each);
      String obstacle = each.obstacle();
      if (obstacle != null) {
        missing.add(each + ": skipped, " + obstacle);
        continue;
      }
      try {
        AT_LENGTH.run(each).forEach(result -> figures.add(Figure.of(result)));
      } catch (RunnerException e) {
        isComplete = false;
        missing.add(each + ": failed, " + e.getMessage());
        e.printStackTrace();
      }
    }
    Files.write(file(group, "jsonl"), figures.stream().map(GSON::toJson).toList());
    String table = FigureTable.of(figures, missing);
    Files.writeString(file(group, "md"), "# JMH: " + group + "\n\n" + table);
    out.println(table);
    return isComplete;
  }

  private Path file(String group, String kind) {
    return directory.resolve("jmh-" + group + "." + kind);
  }
}
