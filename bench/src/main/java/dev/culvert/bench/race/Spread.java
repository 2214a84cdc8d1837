package dev.culvert.bench.race;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The median of some figures, and how far they go; of an even count, the mean of the middle two.
 */
record Spread(double median, double min, double max) {
  /** Not of none. */
  static Spread of(Collection<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    return new Spread(median, sorted.getFirst(), sorted.getLast());
  }

  /** What {@code ours} is of {@code theirs} in each round that has both. */
  static List<Double> ratios(Map<Integer, Double> ours, Map<Integer, Double> theirs) {
    List<Double> ratios = new ArrayList<>();
    ours.forEach((round, value) -> {
      Double other = theirs.get(round);
      if (other != null && other > 0) {
        ratios.add(value / other);
      }
    });
    return ratios;
  }

  @Override
  public String toString() {
    return min == max
        ? number(median)
        : "%s [%s-%s]".formatted(number(median), number(min), number(max));
  }

  /** With three digits, or all before the point. */
  private static String number(double value) {
    String format = value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }
}
