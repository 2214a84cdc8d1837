package dev.culvert.bench.race;

import dev.culvert.bench.race.report.Scores;
import dev.culvert.bench.race.report.Table;
import dev.culvert.bench.race.report.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a race says in the end, and writes where it is to be recorded.
 *
 * @param facts of the machine and the programs, as Markdown
 * @param notes on what did not take part or failed
 */
record Report(String facts, Plan plan, Scores scores, List<String> notes) {
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(plan).append(".\n").append(new Table(scores).text());
    text.append('\n').append(new Targets(scores).text());
    text.append(notes.isEmpty() ? "" : "\n- " + String.join("\n- ", notes) + "\n");
    return text.toString();
  }

  /** All figures, this text, and the facts. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    scores.write(directory.resolve("race.csv"));
    Files.writeString(directory.resolve("table.md"), text());
    Files.writeString(directory.resolve("machine.md"), facts);
  }
}
