package dev.culvert.bench.race.report;

import java.util.List;

/**
 * Where the true median of figures lies, told from a few of them without knowing how they are
 * distributed: between the k-th least and the k-th greatest, for the greatest k that leaves a
 * confidence of {@value #LEAST_CONFIDENCE}. Of five figures that is from the least to the greatest,
 * with 1 - 2 / 2^5 = 0.9375; of nine, without the outermost two, with 1 - 2 * (1 + 9) / 2^9 = 0.96.
 *
 * @param confidence with which it lies there; below what is asked for where there are too few
 */
record Interval(double low, double high, double confidence) {
  static final double LEAST_CONFIDENCE = 0.93;

  /** Not of none. */
  static Interval of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int count = sorted.size();
    int cut = 0;
    double outside = 2 / Math.pow(2, count);
    double ways = 1; // to choose cut of count
    while (2 * (cut + 1) < count) {
      ways = ways * (count - cut) / (cut + 1);
      double next = outside + 2 * ways / Math.pow(2, count);
      if (1 - next < LEAST_CONFIDENCE) {
        break;
      }
      outside = next;
      cut++;
    }
    return new Interval(sorted.get(cut), sorted.get(count - 1 - cut), 1 - outside);
  }
}
