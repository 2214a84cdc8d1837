package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayEnd;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.log.Entry;
import dev.culvert.server.route.Route;
import dev.culvert.server.visitor.Source;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One visitor's connection to a TCP tunnel, for the logs. Any thread. */
final class TcpVisit {
  private static final Logger logger = LoggerFactory.getLogger(TcpVisit.class);

  private final Route route;
  private final @Nullable InetSocketAddress visitor;
  private final AccessLog log;
  private final Instant time = Instant.now();
  private final long startNanos = System.nanoTime();

  /** A visit that begins now; {@code log} gets its line. */
  TcpVisit(Route route, Channel visitor, AccessLog log) {
    this.route = route;
    this.visitor = Source.address(visitor);
    this.log = log;
  }

  /** No stream could be opened. */
  void turnedAway(@Nullable Throwable cause) {
    logger.info("{} turned {} away: {}", route, peer(), reason(cause));
    log(0, 0, reason(cause));
  }

  void ended(RelayEnd end) {
    String error = end.cause() == null ? null : reason(end.cause());
    if (logger.isDebugEnabled()) {
      logger.debug(
          "{} visitor {}: {} bytes in, {} bytes out, {} ms{}",
          route,
          peer(),
          end.leftToRightBytes(),
          end.rightToLeftBytes(),
          millis(),
          error == null ? "" : ", cut: " + error);
    }
    log(end.leftToRightBytes(), end.rightToLeftBytes(), error);
  }

  private void log(long bytesIn, long bytesOut, @Nullable String error) {
    log.write(
        new Entry.Connection(
            time,
            visitor == null ? "" : NetUtil.toAddressString(visitor.getAddress()),
            route.address(),
            route.owner(),
            millis(),
            bytesIn,
            bytesOut,
            error));
  }

  private long millis() {
    return Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
  }

  private String peer() {
    return visitor == null ? "visitor that left" : NetUtil.toSocketAddressString(visitor);
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null
        ? "unknown"
        : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
