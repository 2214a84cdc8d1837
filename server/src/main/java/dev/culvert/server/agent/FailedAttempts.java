package dev.culvert.server.agent;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.culvert.server.visitor.Origin;
import dev.culvert.server.visitor.Tally;
import java.time.Duration;

/**
 * Who failed how often, and what follows from that: wrong tokens wait for their refusal, and an
 * origin that goes on is turned away for a while. Any thread.
 *
 * <p>An address may be shared by many clients behind one NAT, so what is decided by address alone
 * never strikes one that has a session, or had one within the last hour: there a wrong token waits
 * for its refusal and a right one for nothing.
 *
 * <p>Worked example: the refusals of an origin come after 0, 0.25, 0.5, 1, 2, 4, 4, ... seconds.
 * From its 20th failure on it is turned away until a minute has passed without another.
 */
final class FailedAttempts {
  static final int MAX_ORIGINS = 10_000;
  static final int TURNED_AWAY_FROM = 20;
  static final Duration TURNED_AWAY = Duration.ofMinutes(1);
  static final Duration REMEMBERED = Duration.ofMinutes(10);
  static final Duration KNOWN = Duration.ofHours(1);

  private static final Duration FIRST_DELAY = Duration.ofMillis(250);
  private static final int MAX_DOUBLINGS = 4;

  private final Ticker ticker;
  private final Cache<Origin, Count> counts;
  private final Cache<Origin, Boolean> departed;
  private final Tally sessions = new Tally();

  private record Count(int failures, long lastNanos) {}

  FailedAttempts(Ticker ticker) {
    this.ticker = ticker;
    this.counts = cache(ticker, REMEMBERED);
    this.departed = cache(ticker, KNOWN);
  }

  private static <V> Cache<Origin, V> cache(Ticker ticker, Duration kept) {
    return Caffeine.newBuilder()
        .maximumSize(MAX_ORIGINS)
        .expireAfterWrite(kept)
        .ticker(ticker)
        .executor(Runnable::run)
        .build();
  }

  /** Counts a failure, and says how many there are with it. */
  int failed(Origin origin) {
    if (!origin.isAddress()) {
      return 1;
    }
    long now = ticker.read();
    return counts
        .asMap()
        .merge(origin, new Count(1, now), (count, one) -> new Count(count.failures + 1, now))
        .failures;
  }

  /** How long the refusal waits that is due to an origin's so many-th failure. */
  static Duration delay(int failures) {
    return failures < 2
        ? Duration.ZERO
        : FIRST_DELAY.multipliedBy(1L << Math.min(failures - 2, MAX_DOUBLINGS));
  }

  /** A session has begun, which {@link #sessionEnded} ends: half of the failures are forgiven. */
  void sessionBegan(Origin origin) {
    if (origin.isAddress()) {
      sessions.add(origin);
      counts
          .asMap()
          .computeIfPresent(
              origin,
              (key, count) ->
                  count.failures == 1 ? null : new Count(count.failures / 2, count.lastNanos));
    }
  }

  void sessionEnded(Origin origin) {
    if (origin.isAddress()) {
      departed.put(origin, true);
      sessions.remove(origin);
    }
  }

  /** Whether a good token came from there lately. */
  boolean isKnown(Origin origin) {
    return sessions.has(origin) || departed.getIfPresent(origin) != null;
  }

  boolean isTurnedAway(Origin origin) {
    Count count = counts.getIfPresent(origin);
    return count != null
        && count.failures >= TURNED_AWAY_FROM
        && ticker.read() - count.lastNanos < TURNED_AWAY.toNanos()
        && !isKnown(origin);
  }

  /** Origins with failures. */
  long origins() {
    return counts.estimatedSize();
  }

  /** Origins that had a session lately. */
  long knownOrigins() {
    return departed.estimatedSize();
  }
}
