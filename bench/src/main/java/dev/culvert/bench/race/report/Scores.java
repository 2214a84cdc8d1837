package dev.culvert.bench.race.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The figures of all rounds. One thread. */
public final class Scores {
  /**
   * One figure.
   *
   * @param quantity what was measured, with its unit
   */
  record Figure(int round, String contender, String load, String quantity, double value) {}

  private static final String HEADER = "round,contender,load,quantity,value";

  private final List<Figure> figures = new ArrayList<>();

  /** Notes what a contender came to. */
  public void add(int round, String contender, String load, String quantity, double value) {
    figures.add(new Figure(round, contender, load, quantity, value));
  }

  /** In the order in which they were first measured. */
  Set<String> loads() {
    Set<String> loads = new LinkedHashSet<>();
    figures.forEach(figure -> loads.add(figure.load()));
    return loads;
  }

  /** In the order in which they first had a figure. */
  Set<String> contenders() {
    Set<String> contenders = new LinkedHashSet<>();
    figures.forEach(figure -> contenders.add(figure.contender()));
    return contenders;
  }

  Set<String> quantities(String load) {
    Set<String> quantities = new LinkedHashSet<>();
    figures.stream()
        .filter(figure -> figure.load().equals(load))
        .forEach(figure -> quantities.add(figure.quantity()));
    return quantities;
  }

  /** How many there have been; one, at least. */
  int rounds() {
    return figures.stream().mapToInt(Figure::round).max().orElse(1);
  }

  /** A contender's figures by round. */
  Map<Integer, Double> byRound(String contender, String load, String quantity) {
    Map<Integer, Double> values = new TreeMap<>();
    for (Figure figure : figures) {
      if (figure.contender().equals(contender)
          && figure.load().equals(load)
          && figure.quantity().equals(quantity)) {
        values.put(figure.round(), figure.value());
      }
    }
    return values;
  }

  /** What {@code ours} is of {@code theirs} in each round that has both. */
  List<Double> ratios(String ours, String theirs, String load, String quantity) {
    List<Double> ratios = new ArrayList<>();
    Map<Integer, Double> others = byRound(theirs, load, quantity);
    byRound(ours, load, quantity)
        .forEach((round, value) -> {
          Double other = others.get(round);
          if (other != null && other > 0) {
            ratios.add(value / other);
          }
        });
    return ratios;
  }

  /** Writes all figures as CSV. */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder(HEADER + "\n");
    for (Figure figure : figures) {
      text.append(
          String.format(
              Locale.ROOT,
              "%d,%s,%s,%s,%.6g%n",
              figure.round(),
              figure.contender(),
              figure.load(),
              figure.quantity(),
              figure.value()));
    }
    Files.writeString(file, text);
  }

  /** Reads what {@link #write} has written. */
  static Scores read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new IOException(file + " is not of a race");
    }
    Scores scores = new Scores();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      if (cells.length != 5) {
        throw new IOException(file + " has the line " + line);
      }
      scores.add(
          Integer.parseInt(cells[0]), cells[1], cells[2], cells[3], Double.parseDouble(cells[4]));
    }
    return scores;
  }
}
