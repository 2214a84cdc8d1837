package dev.culvert.server.acme;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** When a certificate is renewed, and when a failed order is tried again. */
final class Timetable {
  static final Duration FIRST_RETRY = Duration.ofMinutes(10);
  static final Duration LONGEST_RETRY = Duration.ofHours(12);

  /** What an authority asks for is believed up to here: its limits go by the week. */
  static final Duration LONGEST_RETRY_AFTER = Duration.ofDays(8);

  private static final int LIFETIME_LEFT = 3; // a third of it
  private static final int JITTER = 30; // up to a thirtieth
  private static final BigInteger STEPS = BigInteger.valueOf(1000);
  private static final int MAX_DOUBLINGS = 10;

  private Timetable() {}

  /**
   * With a third of the lifetime left, or up to a thirtieth of it earlier: of 90 days, between the
   * 57th and the 60th. Always the same for the same certificate, so that restarts change nothing.
   */
  static Instant renewal(X509Certificate certificate) {
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    Duration lifetime = Duration.between(begin, end);
    long step = certificate.getSerialNumber().mod(STEPS).longValueExact();
    Duration jitter = lifetime.dividedBy(JITTER).multipliedBy(step).dividedBy(STEPS.longValue());
    return end.minus(lifetime.dividedBy(LIFETIME_LEFT)).minus(jitter);
  }

  /** After the first failure 10 to 12 minutes, then doubling, up to 12 hours and a fifth. */
  static Duration retryDelay(int failures, RandomGenerator random) {
    Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
    if (delay.compareTo(LONGEST_RETRY) > 0) {
      delay = LONGEST_RETRY;
    }
    return delay.plusMillis(random.nextLong(delay.toMillis() / 5));
  }
}
