package dev.culvert.mux;

/**
 * What a stream may send in its turn: what the connection takes in a millisecond, as measured,
 * within bounds.
 *
 * <p>Long turns are cheap, for both ends handle a stream's bytes in one piece; short ones let the
 * others have theirs soon. On a fast connection a long turn is soon over.
 *
 * <p>Worked example, bounds 16,372 and 65,488 bytes: in 20 ms of bulk a connection of 100 Mbit/s
 * takes 250,000 bytes, 12,500 a millisecond, and turns stay at 16,372; one of 400 Mbit/s takes
 * 50,000 a millisecond, and that is the turn. What the kernel takes at once after a pause, a few
 * hundred kilobytes, does not look like a fast connection: it counts as sent in 20 ms.
 */
final class Quantum {
  private static final long INTERVAL_NANOS = 20_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final int leastBytes;
  private final int mostBytes;
  private int bytes;
  private long intervalStartNanos;
  private long sentBytes;

  Quantum(int leastBytes, int mostBytes, long nowNanos) {
    this.leastBytes = leastBytes;
    this.mostBytes = mostBytes;
    this.bytes = leastBytes;
    this.intervalStartNanos = nowNanos;
  }

  int bytes() {
    return bytes;
  }

  int mostBytes() {
    return mostBytes;
  }

  /** Counts output that the connection has taken. */
  void sent(int count, long nowNanos) {
    sentBytes += count;
    long nanos = nowNanos - intervalStartNanos;
    if (nanos >= INTERVAL_NANOS) {
      long perMilli = sentBytes * NANOS_PER_MILLI / nanos;
      bytes = (int) Math.min(Math.max(perMilli, leastBytes), mostBytes);
      intervalStartNanos = nowNanos;
      sentBytes = 0;
    }
  }
}
