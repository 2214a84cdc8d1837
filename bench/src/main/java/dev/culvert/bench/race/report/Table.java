package dev.culvert.bench.race.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The scores as text, a table for each load: medians with the least and the greatest, and what our
 * tunnel of the same kind is of each other one in the same round.
 */
public final class Table {
  private final Scores scores;

  public Table(Scores scores) {
    this.scores = scores;
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    for (String load : scores.loads()) {
      text.append('\n').append(grid(load).text());
    }
    return text.toString();
  }

  private Grid grid(String load) {
    Set<String> quantities = scores.quantities(load);
    Grid grid = new Grid();
    List<String> heading = new ArrayList<>();
    heading.add(load);
    for (String quantity : quantities) {
      heading.add(quantity);
      heading.add("ours / it");
    }
    grid.add(heading);
    for (String contender : scores.contenders()) {
      List<String> row = row(contender, load, quantities);
      if (!row.isEmpty()) {
        grid.add(row);
      }
    }
    return grid;
  }

  private List<String> row(String contender, String load, Set<String> quantities) {
    List<String> row = new ArrayList<>();
    boolean measured = false;
    row.add(contender);
    for (String quantity : quantities) {
      Map<Integer, Double> values = scores.byRound(contender, load, quantity);
      measured |= !values.isEmpty();
      row.add(values.isEmpty() ? "-" : Spread.of(values.values()).toString());
      row.add(ratio(contender, load, quantity));
    }
    return measured ? row : List.of();
  }

  private String ratio(String contender, String load, String quantity) {
    String ours = Ours.beside(contender);
    if (ours.equals(contender)) {
      return "-";
    }
    List<Double> ratios = scores.ratios(ours, contender, load, quantity);
    return ratios.isEmpty() ? "-" : Spread.of(ratios).toString();
  }
}
