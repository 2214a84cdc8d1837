package dev.culvert.client.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling from 0.5 s to 30 s, of which a random half to
 * all, so that many clients do not come back at the same moment.
 *
 * <p>Worked example: the waits are at most 0.5, 1, 2, 4, 8, 16, 30, 30 seconds, and at least half
 * of that. Not thread safe.
 */
public final class Backoff {
  private static final long FIRST_MILLIS = 500;
  private static final long MAX_MILLIS = 30_000;

  private final RandomGenerator random;
  private int attempts;

  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The attempts since the last {@link #reset}. */
  public int attempts() {
    return attempts;
  }

  /** Counts an attempt and says how long to wait before it. */
  public Duration next() {
    long limit = Math.min(MAX_MILLIS, FIRST_MILLIS << Math.min(attempts, 10));
    attempts++;
    return Duration.ofMillis(limit / 2 + random.nextLong(limit / 2 + 1));
  }

  /** The connection stood: the next wait is short again. */
  public void reset() {
    attempts = 0;
  }
}
