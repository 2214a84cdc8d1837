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

  synchronized int count() {
    return count;
  }

  synchronized long[] all() {
    return Arrays.copyOf(nanos, count);
  }

  /** Durations from the shortest to the longest. */
  static final class Sorted {
    private final long[] nanos;

    Sorted(long[] nanos) {
      this.nanos = nanos.clone();
      Arrays.sort(this.nanos);
    }

    boolean isEmpty() {
      return nanos.length == 0;
    }

    /** The least that {@code percent} of them do not exceed, in milliseconds; not of none. */
    double percentileMillis(int percent) {
      int rank = Math.max(1, (int) Math.ceil(nanos.length * (percent / 100.0)));
      return nanos[rank - 1] / 1e6;
    }
  }
}
