package dev.culvert.bench.race;

import java.util.Arrays;

/** Durations as they are noted, in nanoseconds. Any thread. */
final class Times {
  private long[] nanos = new long[1 << 16];
  private int count;

  synchronized void add(long elapsedNanos) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = elapsedNanos;
  }

  synchronized void clear() {
    count = 0;
  }

  synchronized long[] all() {
    return Arrays.copyOf(nanos, count);
  }

  /**
   * The least of {@code times} that {@code percent} of them do not exceed, in milliseconds; 0 of
   * none.
   */
  static double percentileMillis(long[] times, int percent) {
    if (times.length == 0) {
      return 0;
    }
    long[] sorted = times.clone();
    Arrays.sort(sorted);
    int rank = Math.max(1, (int) Math.ceil(sorted.length * (percent / 100.0)));
    return sorted[rank - 1] / 1e6;
  }
}
