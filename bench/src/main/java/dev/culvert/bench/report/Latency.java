package dev.culvert.bench.report;

import java.util.Arrays;

/**
 * How long round trips took.
 *
 * @param count of how many
 * @param medianNanos half of them were no longer
 * @param percentile99Nanos 99 of 100 were no longer
 */
record Latency(int count, long medianNanos, long percentile99Nanos) {
  /** Of round trips in nanoseconds; not of none. */
  static Latency of(long[] roundTrips) {
    long[] sorted = roundTrips.clone();
    Arrays.sort(sorted);
    return new Latency(
        sorted.length, sorted[sorted.length / 2], sorted[(int) (sorted.length * 99L / 100)]);
  }

  @Override
  public String toString() {
    return "%6.1f %6.1f".formatted(medianNanos / 1e6, percentile99Nanos / 1e6);
  }
}
