package dev.culvert.server.edge;

import java.util.concurrent.TimeUnit;

/**
 * How many frames that bring nothing a visitor may send on a connection: {@value #PER_SECOND} a
 * second, and {@value #AT_ONCE} more. Not thread-safe.
 *
 * <p>So a visitor that measures round trips with pings, or dribbles windows, is far from it: each
 * of these frames takes microseconds. Who has not sent any for three seconds has {@value #AT_ONCE}
 * again.
 */
final class Http2FrameBudget {
  static final int PER_SECOND = 10_000;
  static final int AT_ONCE = 32_768;

  private static final long FRAME_NANOS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;

  private long debtNanos; // time until all that came is paid for
  private long lastNanos;

  /**
   * Takes in so many frames.
   *
   * @param nowNanos never less than at the call before
   * @return false where they are too many
   */
  boolean spend(int frames, long nowNanos) {
    if (debtNanos > 0) {
      debtNanos = Math.max(0, debtNanos - (nowNanos - lastNanos));
    }
    debtNanos += frames * FRAME_NANOS;
    lastNanos = nowNanos;
    return debtNanos <= AT_ONCE * FRAME_NANOS;
  }
}
