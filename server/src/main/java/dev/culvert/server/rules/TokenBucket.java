package dev.culvert.server.rules;

import dev.culvert.mux.control.VisitorRules.Rate;
import java.util.concurrent.TimeUnit;

/**
 * How many of something may still happen. Any thread.
 *
 * <p>Kept as the time at which the bucket is full again: for 10 in a second each takes a tenth of a
 * second more, and one that would make it more than a whole second has to wait for the rest.
 */
final class TokenBucket {
  private final long intervalNanos;
  private final long capacityNanos;
  private long fullAtNanos; // guarded by this

  TokenBucket(Rate rate, long nowNanos) {
    intervalNanos = TimeUnit.SECONDS.toNanos(rate.seconds()) / rate.requests();
    capacityNanos = intervalNanos * rate.requests();
    fullAtNanos = nowNanos;
  }

  /** Takes one where there is one; returns zero, or after how many nanoseconds there is. */
  synchronized long take(long nowNanos) {
    long missing = Math.max(0, fullAtNanos - nowNanos) + intervalNanos;
    if (missing > capacityNanos) {
      return missing - capacityNanos;
    }
    fullAtNanos = nowNanos + missing;
    return 0;
  }

  /** Takes back that one was taken. */
  synchronized void giveBack() {
    fullAtNanos -= intervalNanos;
  }
}
