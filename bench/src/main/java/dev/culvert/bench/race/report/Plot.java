package dev.culvert.bench.race.report;

import dev.culvert.bench.race.report.Chart.Bar;
import dev.culvert.bench.race.report.Chart.Panel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program {@code bench/plot}: draws what a race has recorded. */
public final class Plot {
  private static final String LESS = "Less is better. ";
  private static final String NO_TUNNEL = "direct"; // its bar would make those of tunnels too short
  private static final String MORE = "More is better. ";

  private final Scores scores;
  private final Path directory;

  private Plot(Scores scores, Path directory) {
    this.scores = scores;
    this.directory = directory;
  }

  /** Takes the directory of {@code race.csv}, where the plots go, too. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1 || args[0].startsWith("-")) {
      System.err.println(
          "usage: bench/plot DIR, where bench/race --record DIR has written race.csv");
      System.exit(2);
    }
    draw(Path.of(args[0])).forEach(System.out::println);
  }

  /** Returns the files; one that has no figures is not drawn. */
  static List<Path> draw(Path directory) throws IOException {
    Plot plot = new Plot(Scores.read(directory.resolve("race.csv")), directory);
    List<Path> files = new ArrayList<>();
    plot.draw(files, "cpu-bulk", "CPU for bulk", LESS, "CPU s/GiB", "down 8", "up 8");
    plot.draw(
        files,
        "cpu-request",
        "CPU for requests",
        LESS,
        "CPU ms/request",
        "keep-alive 64",
        "new connection each");
    plot.draw(
        files, "new-connections", "New connections", MORE, "requests/s", "new connection each");
    plot.draw(
        files, "ping", "A ping of 64 bytes beside bulk", LESS, "p50 ms", "ping beside down 4");
    plot.draw(files, "rate", "Rate on one machine", MORE, "MB/s", "down 8", "up 8");
    plot.draw(
        files,
        "long-link",
        "One download over 50 ms and 1 Gbit/s",
        MORE,
        "Mbit/s",
        "down 1 at 50 ms");
    plot.draw(files, "memory-server", "Memory of the server", LESS, "server MB", memory());
    plot.draw(files, "memory-client", "Memory of the client", LESS, "client MB", memory());
    return files;
  }

  private static String[] memory() {
    return new String[] {"memory idle", "memory 1000 idle visitors", "memory loaded"};
  }

  private void draw(
      List<Path> files, String name, String title, String better, String quantity, String... loads)
      throws IOException {
    List<Panel> panels = new ArrayList<>();
    for (String load : loads) {
      List<Bar> bars = bars(load, quantity);
      if (!bars.isEmpty()) {
        panels.add(new Panel(load + ", " + quantity, "ours / it", bars));
      }
    }
    if (panels.isEmpty()) {
      return;
    }
    String subtitle =
        better
            + "Median of %d round(s), whiskers from the least to the greatest; ratios are of the same round."
                .formatted(scores.rounds());
    Chart chart = new Chart(title, subtitle, panels);
    files.add(Files.writeString(directory.resolve(name + ".svg"), chart.svg()));
  }

  private List<Bar> bars(String load, String quantity) {
    List<Bar> bars = new ArrayList<>();
    for (String contender : scores.contenders()) {
      Map<Integer, Double> values = scores.byRound(contender, load, quantity);
      if (!values.isEmpty() && !contender.equals(NO_TUNNEL)) {
        Spread spread = Spread.of(values.values());
        bars.add(new Bar(contender, spread, spread.toString(), remark(contender, load, quantity)));
      }
    }
    return bars;
  }

  private String remark(String contender, String load, String quantity) {
    String ours = Ours.beside(contender);
    List<Double> ratios =
        ours.equals(contender) ? List.of() : scores.ratios(ours, contender, load, quantity);
    return ratios.isEmpty() ? "" : Spread.of(ratios).toString();
  }
}
