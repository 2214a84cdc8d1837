package dev.culvert.bench.link;

import java.time.Duration;

/**
 * What a link is like, in each of its two directions.
 *
 * @param delay from one end to the other, without what waits in the queue
 * @param bitsPerSecond of TCP payload; headers of TCP and IP are not counted
 * @param jitter what is added to the delay at most, at random; bytes are never reordered
 * @param queueBytes what may wait for its turn; beyond it the link takes nothing from the sender
 * @param seed of the jitter
 */
public record LinkSettings(
    Duration delay, long bitsPerSecond, Duration jitter, long queueBytes, long seed) {
  private static final long LEAST_QUEUE_BYTES = 64 * 1024;
  private static final Duration MAX_DELAY = Duration.ofMinutes(1);
  private static final long MIN_BITS_PER_SECOND = 8000;
  private static final long MAX_BITS_PER_SECOND = 10_000_000_000L;
  private static final long MAX_QUEUE_BYTES = 1 << 30;

  /** A part holds the link for this long at most: small bytes behind it are not kept waiting. */
  private static final long PART_NANOS = 500_000; // 0.5 ms

  private static final int LEAST_SOCKET_BUFFER_BYTES = 16 * 1024;
  private static final int MIN_PART_BYTES = 1500;
  private static final int MAX_PART_BYTES = 64 * 1024;

  public LinkSettings {
    expect(isDelay(delay), "delay: " + delay + " (expected: 0 s to 60 s)");
    expect(
        bitsPerSecond >= MIN_BITS_PER_SECOND && bitsPerSecond <= MAX_BITS_PER_SECOND,
        "bitsPerSecond: " + bitsPerSecond + " (expected: 8 kbit/s to 10 Gbit/s)");
    expect(isDelay(jitter), "jitter: " + jitter + " (expected: 0 s to 60 s)");
    expect(
        queueBytes > 0 && queueBytes <= MAX_QUEUE_BYTES,
        "queueBytes: " + queueBytes + " (expected: 1 to " + MAX_QUEUE_BYTES + ")");
  }

  /**
   * A steady link whose queue holds what it carries within a round trip, and 64 KiB at least. For
   * example 25 ms and 100 Mbit/s: 50 ms at 12,500,000 bytes a second are 625,000 bytes.
   */
  public static LinkSettings of(Duration delay, long bitsPerSecond) {
    expect(isDelay(delay), "delay: " + delay + " (expected: 0 s to 60 s)");
    long roundTripBytes = bytesWithin(2 * delay.toNanos(), bitsPerSecond);
    return new LinkSettings(
        delay,
        bitsPerSecond,
        Duration.ZERO,
        Math.clamp(roundTripBytes, LEAST_QUEUE_BYTES, MAX_QUEUE_BYTES),
        0);
  }

  /** The same with jitter. */
  public LinkSettings withJitter(Duration most, long seed) {
    return new LinkSettings(delay, bitsPerSecond, most, queueBytes, seed);
  }

  /** The same with a queue of another size. */
  public LinkSettings withQueue(long bytes) {
    return new LinkSettings(delay, bitsPerSecond, jitter, bytes, seed);
  }

  /** How long the link takes to send {@code bytes}. */
  long sendingNanos(long bytes) {
    return Math.round(bytes * 8e9 / bitsPerSecond);
  }

  /** How many bytes the link carries as one part, at most. */
  int partBytes() {
    return Math.clamp(bytesWithin(PART_NANOS, bitsPerSecond), MIN_PART_BYTES, MAX_PART_BYTES);
  }

  /**
   * What the kernel may hold at each socket of the emulator, about: it is queue, too, so little
   * more than a part; but large segments, which the loopback interface has, stumble over less.
   */
  int socketBufferBytes() {
    return Math.max(LEAST_SOCKET_BUFFER_BYTES, partBytes());
  }

  /** What the link may hold in one direction: a full queue, and what is under way. */
  long capacityBytes() {
    return queueBytes + bytesWithin(delay.plus(jitter).toNanos(), bitsPerSecond);
  }

  private static long bytesWithin(long nanos, long bitsPerSecond) {
    return Math.round(nanos / 8e9 * bitsPerSecond);
  }

  private static boolean isDelay(Duration duration) {
    return !duration.isNegative() && duration.compareTo(MAX_DELAY) <= 0;
  }

  private static void expect(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
