package dev.culvert.bench.race;

/** When requests fall due. Not for several threads. */
final class Pace {
  private final double intervalNanos;
  private double nextNanos;

  /** The first is due at {@code startNanos}; for an infinite rate one is due at any time. */
  Pace(double perSecond, long startNanos) {
    intervalNanos = 1e9 / perSecond;
    nextNanos = startNanos;
  }

  /** Whether one is due that has not been taken. */
  boolean isDue(long nowNanos) {
    return intervalNanos == 0 || nextNanos <= nowNanos;
  }

  /** Takes one that is due, and returns when it fell due; for an infinite rate, now. */
  long take(long nowNanos) {
    if (intervalNanos == 0) {
      return nowNanos;
    }
    long due = (long) nextNanos;
    nextNanos += intervalNanos;
    return due;
  }
}
