package dev.culvert.bench.beside;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What {@code bench/beside} measured, as a table in Markdown. */
public final class BesideTable {
  private static final SequencedMap<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("ours-tls", "Culvert, TLS");
    COLUMNS.put("go-tls", "hashicorp/yamux, TLS");
    COLUMNS.put("ours-tcp", "Culvert, TCP");
    COLUMNS.put("rust-tcp", "rust yamux, TCP");
  }

  private static final List<String> ROWS =
      Stream.concat(
              Stream.of("Ping", "Echo64", "Accept"),
              IntStream.of(32, 64, 128, 256, 512, 1024, 2048, 4096).mapToObj(n -> "SendRecv" + n))
          .toList();

  private BesideTable() {}

  /** Takes a file of lines {@code WHO WHAT NANOSECONDS}, one for each round. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: BesideTable FILE");
      System.exit(2);
    }
    System.out.print(of(Files.readAllLines(Path.of(args[0]))));
  }

  /**
   * The table: medians, and in brackets the least and the most; a dash where there is nothing.
   *
   * @throws IllegalArgumentException a line is not one, or of something that is not in the table
   */
  static String of(List<String> lines) {
    Map<String, List<Double>> figures = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length != 3 || !COLUMNS.containsKey(words[0]) || !ROWS.contains(words[1])) {
        throw new IllegalArgumentException("line: " + line + " (expected: WHO WHAT NANOSECONDS)");
      }
      figures
          .computeIfAbsent(words[0] + " " + words[1], key -> new ArrayList<>())
          .add(Double.valueOf(words[2]));
    }
    StringBuilder table = new StringBuilder("| ns an operation |");
    COLUMNS.values().forEach(title -> table.append(' ').append(title).append(" |"));
    table.append("\n|---|").append("---|".repeat(COLUMNS.size())).append('\n');
    for (String row : ROWS) {
      String cells =
          COLUMNS.keySet().stream()
              .map(column -> cell(figures.getOrDefault(column + " " + row, List.of())))
              .collect(joining(" | "));
      table.append("| ").append(row).append(" | ").append(cells).append(" |\n");
    }
    return table.toString();
  }

  private static String cell(List<Double> rounds) {
    if (rounds.isEmpty()) {
      return "-";
    }
    List<Double> sorted = rounds.stream().sorted().toList();
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return String.format(
        Locale.ROOT, "%,.0f (%,.0f to %,.0f)", median, sorted.getFirst(), sorted.getLast());
  }
}
