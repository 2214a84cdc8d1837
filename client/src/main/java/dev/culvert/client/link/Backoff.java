package dev.culvert.client.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: hardly at all at first, since most often only the path
 * broke, then doubling from 1 s to 30 s; of which a random half to all, so that many clients do not
 * come back at the same moment.
 *
 * <p>Worked example: the waits are at most 0.1, 1, 2, 4, 8, 16, 30, 30 seconds, and at least half
 * of that. Not thread safe.
 */
public final class Backoff {
  private static final long FIRST_MILLIS = 100;
  private static final long SECOND_MILLIS = 1000;
  private static final long MAX_MILLIS = 30_000;

  /** A server that lets clients in and drops them must not be asked twice a second for ever. */
  private static final Duration STOOD = Duration.ofSeconds(10);

  private final RandomGenerator random;
  private int attempts;

  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The attempts since a session stood for a while. */
  public int attempts() {
    return attempts;
  }

  /** Counts an attempt and says how long to wait before it. */
  public Duration next() {
    return attempts == 0 ? upTo(FIRST_MILLIS) : nextForBusyServer();
  }

  /** The same where the server has said that it is busy or stops: it needs longer than a moment. */
  public Duration nextForBusyServer() {
    int doublings = Math.clamp(attempts - 1, 0, 10);
    return upTo(Math.min(MAX_MILLIS, SECOND_MILLIS << doublings));
  }

  private Duration upTo(long limitMillis) {
    attempts++;
    return Duration.ofMillis(limitMillis / 2 + random.nextLong(limitMillis / 2 + 1));
  }

  /** A session is over; if it stood for 10 seconds or more, the next wait is short again. */
  public void sessionEnded(Duration uptime) {
    if (uptime.compareTo(STOOD) >= 0) {
      attempts = 0;
    }
  }
}
