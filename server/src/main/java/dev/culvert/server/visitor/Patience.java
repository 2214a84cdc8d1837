package dev.culvert.server.visitor;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a server waits, where that is up to its operator.
 *
 * @param response for the head of a response, once the whole request is with the local service;
 *     zero for as long as the visitor does
 * @param requestBytesPerSecond what a visitor must send of a request at least, where it is its turn
 *     and no answer has begun; zero for a byte now and then
 */
public record Patience(Duration response, int requestBytesPerSecond) {
  private static final Duration MAX_RESPONSE = Duration.ofDays(1);

  private static final int MAX_BYTES_PER_SECOND = 1 << 20;

  /** No bounds but the ones that there always are. */
  public static final Patience STANDARD = new Patience(Duration.ZERO, 0);

  public Patience {
    if (response.isNegative() || response.compareTo(MAX_RESPONSE) > 0) {
      throw new IllegalArgumentException(
          "time for a response: " + response + " (expected: up to a day)");
    }
    if (requestBytesPerSecond < 0 || requestBytesPerSecond > MAX_BYTES_PER_SECOND) {
      throw new IllegalArgumentException(
          "bytes of a request in a second: "
              + requestBytesPerSecond
              + " (expected: 0 to "
              + MAX_BYTES_PER_SECOND
              + ")");
    }
  }

  /** What must come of a request in so many seconds; one byte at least. */
  public long requestBytes(long seconds) {
    return Math.max(1, requestBytesPerSecond * seconds);
  }

  /** Zero for no limit. */
  public long responseNanos() {
    return TimeUnit.NANOSECONDS.convert(response);
  }
}
