package dev.culvert.bench.interop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Picks few cells in which any two values that occur together somewhere occur together. */
final class Pairwise {
  private record Pair(int first, Object firstValue, int second, Object secondValue) {}

  private Pairwise() {}

  /**
   * Takes the cell with the most pairs not yet seen, again and again; of several the one whose
   * values have been seen least, and of those the first. The same cells give the same choice.
   */
  static List<Cell> of(List<Cell> cells) {
    Set<Pair> missing = new HashSet<>();
    cells.forEach(cell -> missing.addAll(pairs(cell)));
    Map<Object, Integer> uses = new HashMap<>();
    List<Cell> chosen = new ArrayList<>();
    while (!missing.isEmpty()) {
      Cell best =
          Collections.max(
              cells,
              Comparator.comparingLong((Cell cell) -> count(pairs(cell), missing))
                  .thenComparingInt(cell -> -uses(cell, uses)));
      chosen.add(best);
      pairs(best).forEach(missing::remove);
      best.values().forEach(value -> uses.merge(value, 1, Integer::sum));
    }
    return chosen;
  }

  private static long count(List<Pair> pairs, Set<Pair> missing) {
    return pairs.stream().filter(missing::contains).count();
  }

  private static int uses(Cell cell, Map<Object, Integer> uses) {
    return cell.values().stream().mapToInt(value -> uses.getOrDefault(value, 0)).sum();
  }

  private static List<Pair> pairs(Cell cell) {
    List<Object> values = cell.values();
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      for (int j = i + 1; j < values.size(); j++) {
        pairs.add(new Pair(i, values.get(i), j, values.get(j)));
      }
    }
    return pairs;
  }
}
