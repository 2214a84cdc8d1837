package dev.culvert.client.local;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How a local service is asked whether it is well.
 *
 * @param path what is asked for with GET; an answer with a status from 200 to 399 is a good one
 * @param interval the time between an answer and the next question
 * @param limit how long an answer is waited for
 */
public record HealthCheck(String path, Duration interval, Duration limit) {
  public static final Duration STANDARD_INTERVAL = Duration.ofSeconds(5);

  private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7e]{0,999}");
  private static final Duration MOST = Duration.ofHours(1);

  /** One that waits for an answer as long as for the next question. */
  public HealthCheck(String path, Duration interval) {
    this(path, interval, interval);
  }

  public HealthCheck {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "health check: " + path + " (expected: a path such as /health)");
    }
    if (!interval.isPositive() || interval.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          "health interval: " + interval.toSeconds() + " s (expected: 1 to 3600)");
    }
  }
}
