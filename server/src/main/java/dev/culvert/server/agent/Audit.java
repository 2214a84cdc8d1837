package dev.culvert.server.agent;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.visitor.Origin;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes down who was not let in: one line for each failure, printable ASCII, without tokens. Any
 * thread.
 *
 * <p>Whoever fails on purpose writes lines here, so they are bounded: {@value #BURST}, and {@value
 * #PER_SECOND} more each second. What is beyond, and connections that were turned away without a
 * word, are summed up in one line for ten seconds.
 */
final class Audit {
  /** Logger of its own, for an appender of its own. */
  static final String LOGGER = "culvert.audit";

  static final int BURST = 100;
  static final int PER_SECOND = 10;
  static final Duration SUMMARY = Duration.ofSeconds(10);

  private static final Logger logger = LoggerFactory.getLogger(LOGGER);
  private static final int MAX_DETAIL_CHARS = 200;
  private static final long NANOS_PER_LINE = Duration.ofSeconds(1).toNanos() / PER_SECOND;

  /** Why there is no line of its own. */
  enum Unsaid {
    FAILED("failed"),
    TURNED_AWAY("after too many failures"),
    SHARE_TAKEN("beyond their address's share"),
    FULL("beyond all places"),
    BUSY("while too many tokens were waiting");

    private final String words;

    Unsaid(String words) {
      this.words = words;
    }
  }

  private final LongSupplier nanos;
  private final Map<Unsaid, Long> unsaid = new EnumMap<>(Unsaid.class); // guarded by this
  private Origin lastUnsaid = Origin.NONE; // guarded by this
  private long lineNanos; // guarded by this; up to when the lines are spent, as time
  private long summaryNanos; // guarded by this

  Audit(LongSupplier nanos) {
    this.nanos = nanos;
    this.lineNanos = nanos.getAsLong() - BURST * NANOS_PER_LINE;
    this.summaryNanos = nanos.getAsLong();
  }

  /**
   * A client failed.
   *
   * @param count the origin's failures with this one
   * @param ban how long the origin is turned away from now on; zero where it is not
   */
  void failed(Origin origin, Failure failure, int count, Duration ban) {
    if (!mayWrite()) {
      leftUnsaid(origin, Unsaid.FAILED);
      return;
    }
    String token = failure.tokenHash() == null ? "" : " token=sha256:" + failure.tokenHash();
    String turnedAway = ban.isZero() ? "" : " turned-away=" + ban.toSeconds() + "s";
    logger
        .atLevel(failure.tokenHash() == null ? Level.INFO : Level.WARN)
        .log(
            "audit: client failed address={} reason={}{} failures={}{} detail=\"{}\"",
            origin.text(),
            failure.code(),
            token,
            count,
            turnedAway,
            printable(Secret.redact(failure.detail())));
  }

  /** Something happened that gets no line of its own. */
  synchronized void leftUnsaid(Origin origin, Unsaid why) {
    unsaid.merge(why, 1L, Long::sum);
    lastUnsaid = origin;
  }

  private synchronized boolean mayWrite() {
    long now = nanos.getAsLong();
    lineNanos = Math.max(lineNanos, now - BURST * NANOS_PER_LINE);
    if (lineNanos > now - NANOS_PER_LINE) {
      return false;
    }
    lineNanos += NANOS_PER_LINE;
    return true;
  }

  /** Sums up what was left unsaid, every ten seconds. Call it more often than that. */
  void sumUp() {
    String line = summary();
    if (line != null) {
      logger.warn("{}", line);
    }
  }

  private synchronized @Nullable String summary() {
    long now = nanos.getAsLong();
    if (now - summaryNanos < SUMMARY.toNanos()) {
      return null;
    }
    summaryNanos = now;
    if (unsaid.isEmpty()) {
      return null;
    }
    StringJoiner parts = new StringJoiner(", ");
    unsaid.forEach((why, count) -> parts.add(count + " " + why.words));
    unsaid.clear();
    return "audit: more clients were not let in: " + parts + "; the last from " + lastUnsaid.text();
  }

  /** On one line, and nothing that ends the quotation or that a terminal takes for a command. */
  private static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), MAX_DETAIL_CHARS); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        printable.append('\\').append(c);
      } else if (c >= ' ' && c <= '~') {
        printable.append(c);
      } else {
        printable.append(String.format("\\u%04x", (int) c));
      }
    }
    return printable.toString();
  }
}
