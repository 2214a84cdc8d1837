package dev.culvert.mux;

/**
 * The round trip to the peer without the waiting in queues: the least of the latest samples.
 *
 * <p>Samples are pings, and pings cost a packet; so one is due only once data has come since the
 * last, after a second while there are few samples, then every ten. A sample counts for {@value
 * #SAMPLES} pings: paths change, and a least that is too small for the new one would keep windows
 * from growing.
 */
final class RoundTrip {
  private static final int SAMPLES = 8;
  private static final long UNKNOWN = Long.MAX_VALUE;
  private static final long BYTES_BETWEEN_PINGS = 64 * 1024;
  private static final long FAST_NANOS = 1_000_000_000L; // 1 s
  private static final long STEADY_NANOS = 10_000_000_000L; // 10 s

  private final long[] samples = new long[SAMPLES];
  private long count;
  private long leastNanos = UNKNOWN;
  private long bytesSincePing;
  private long lastPingNanos;
  private boolean hasPinged;

  /** Counts data that came; true where a ping should go out now. */
  boolean isPingDue(long receivedBytes, long nowNanos) {
    bytesSincePing += receivedBytes;
    if (bytesSincePing < BYTES_BETWEEN_PINGS) {
      return false;
    }
    if (hasPinged && nowNanos - lastPingNanos < (count < SAMPLES ? FAST_NANOS : STEADY_NANOS)) {
      return false;
    }
    bytesSincePing = 0;
    lastPingNanos = nowNanos;
    hasPinged = true;
    return true;
  }

  void sample(long nanos) {
    samples[(int) (count++ % SAMPLES)] = nanos;
    leastNanos = UNKNOWN;
    for (int i = 0; i < Math.min(count, SAMPLES); i++) {
      leastNanos = Math.min(leastNanos, samples[i]);
    }
  }

  boolean isKnown() {
    return leastNanos != UNKNOWN;
  }

  /** The least of the latest samples; {@link #isKnown} must hold. */
  long leastNanos() {
    return leastNanos;
  }
}
