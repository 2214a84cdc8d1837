package dev.culvert.bench.race;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The scores as text, a table for each load. */
final class Table {
  private final Scores scores;
  private final List<Contender> contenders;

  Table(Scores scores, List<Contender> contenders) {
    this.scores = scores;
    this.contenders = contenders;
  }

  /**
   * Prints medians with the least and the greatest, and what our tunnel of the same kind is of each
   * other one in the same round.
   */
  void print(PrintStream out) {
    for (String load : scores.loads()) {
      Set<String> quantities = scores.quantities(load);
      List<List<String>> rows = new ArrayList<>();
      List<String> header = new ArrayList<>();
      header.add(load);
      for (String quantity : quantities) {
        header.add(quantity);
        header.add("ours / it");
      }
      rows.add(header);
      for (Contender contender : contenders) {
        List<String> row = row(contender, load, quantities);
        if (!row.isEmpty()) {
          rows.add(row);
        }
      }
      print(out, rows);
    }
  }

  private List<String> row(Contender contender, String load, Set<String> quantities) {
    List<String> row = new ArrayList<>();
    boolean measured = false;
    row.add(contender.name());
    for (String quantity : quantities) {
      Map<Integer, Double> values = scores.byRound(contender, load, quantity);
      measured |= !values.isEmpty();
      row.add(values.isEmpty() ? "-" : Spread.of(values.values()).toString());
      row.add(ratio(contender, values, load, quantity));
    }
    return measured ? row : List.of();
  }

  private String ratio(
      Contender contender, Map<Integer, Double> values, String load, String quantity) {
    Contender ours = ours(contender.kind());
    if (ours == null || ours.equals(contender)) {
      return "-";
    }
    List<Double> ratios = Spread.ratios(scores.byRound(ours, load, quantity), values);
    return ratios.isEmpty() ? "-" : Spread.of(ratios).toString();
  }

  private @Nullable Contender ours(Contender.Kind kind) {
    for (Contender contender : contenders) {
      if (contender instanceof Culvert && contender.kind() == kind) {
        return contender;
      }
    }
    return null;
  }

  private static void print(PrintStream out, List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    out.println();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        line.append("| ").append(cell).append(" ".repeat(widths[i] - cell.length() + 1));
      }
      out.println(line.append('|'));
      if (row.equals(rows.getFirst())) {
        out.println("|---".repeat(columns) + "|");
      }
    }
  }
}
