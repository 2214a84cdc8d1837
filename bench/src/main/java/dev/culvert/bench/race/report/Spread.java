package dev.culvert.bench.race.report;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

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

  @Override
  public String toString() {
    return min == max
        ? number(median)
        : "%s [%s-%s]".formatted(number(median), number(min), number(max));
  }

  /** With three digits, or all before the point. */
  static String number(double value) {
    String format =
        value >= 100
            ? "%.0f"
            : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : value >= 0.1 ? "%.3f" : "%.4f";
    return String.format(Locale.ROOT, format, value);
  }
}
