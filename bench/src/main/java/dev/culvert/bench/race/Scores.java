package dev.culvert.bench.race;

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
final class Scores {
  /**
   * One figure.
   *
   * @param quantity what was measured, with its unit
   */
  record Figure(int round, String contender, String load, String quantity, double value) {}

  private final List<Figure> figures = new ArrayList<>();

  void add(int round, Contender contender, String load, String quantity, double value) {
    figures.add(new Figure(round, contender.name(), load, quantity, value));
  }

  /** In the order in which they were first measured. */
  Set<String> loads() {
    Set<String> loads = new LinkedHashSet<>();
    figures.forEach(figure -> loads.add(figure.load()));
    return loads;
  }

  Set<String> quantities(String load) {
    Set<String> quantities = new LinkedHashSet<>();
    figures.stream()
        .filter(figure -> figure.load().equals(load))
        .forEach(figure -> quantities.add(figure.quantity()));
    return quantities;
  }

  /** A contender's figures by round. */
  Map<Integer, Double> byRound(Contender contender, String load, String quantity) {
    Map<Integer, Double> values = new TreeMap<>();
    for (Figure figure : figures) {
      if (figure.contender().equals(contender.name())
          && figure.load().equals(load)
          && figure.quantity().equals(quantity)) {
        values.put(figure.round(), figure.value());
      }
    }
    return values;
  }

  /** Writes all figures as CSV. */
  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder("round,contender,load,quantity,value\n");
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
}
