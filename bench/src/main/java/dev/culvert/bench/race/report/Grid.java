package dev.culvert.bench.race.report;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells as text that is also Markdown; the first row is the heading. */
final class Grid {
  private final List<List<String>> rows = new ArrayList<>();

  void add(List<String> row) {
    rows.add(List.copyOf(row));
  }

  /** Not of none. */
  String text() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder(line(rows.getFirst(), widths));
    text.append("|---".repeat(columns)).append("|\n");
    rows.subList(1, rows.size()).forEach(row -> text.append(line(row, widths)));
    return text.toString();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      line.append("| ").append(cell).append(" ".repeat(widths[i] - cell.length() + 1));
    }
    return line.append("|\n").toString();
  }
}
