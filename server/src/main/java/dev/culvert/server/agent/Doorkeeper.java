package dev.culvert.server.agent;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.culvert.server.agent.Audit.Unsaid;
import dev.culvert.server.visitor.Origin;
import dev.culvert.server.visitor.Source;
import dev.culvert.server.visitor.Tally;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

/**
 * Bounds what one address can take up before it has shown a good token. Any number of event loops.
 *
 * <p>Stands in the pipeline of each connection that may be a client's until that is let in, behind
 * the limit for all of them together. An address has {@value #SHARE} of those places, and {@value
 * #KNOWN_SHARE} where it is known for good tokens: many clients behind one NAT come back at the
 * same moment.
 */
@Sharable
final class Doorkeeper extends ChannelInboundHandlerAdapter {
  static final int SHARE = 32;
  static final int KNOWN_SHARE = 128;

  private final FailedAttempts attempts;
  private final Audit audit;
  private final Tally waiting = new Tally();

  Doorkeeper(Ticker ticker) {
    attempts = new FailedAttempts(ticker);
    audit = new Audit(ticker::read);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    Origin origin = Source.origin(ctx.channel());
    int places = waiting.add(origin);
    if (!ctx.channel().isOpen()) {
      audit.leftUnsaid(origin, Unsaid.FULL);
    } else if (attempts.isTurnedAway(origin)) {
      audit.leftUnsaid(origin, Unsaid.TURNED_AWAY);
      ctx.close();
    } else if (places > share(origin)) {
      audit.leftUnsaid(origin, Unsaid.SHARE_TAKEN);
      ctx.close();
    }
  }

  private int share(Origin origin) {
    if (!origin.isAddress()) {
      return Integer.MAX_VALUE;
    }
    return attempts.isKnown(origin) ? KNOWN_SHARE : SHARE;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    waiting.remove(Source.origin(ctx.channel()));
  }

  /** Counts a failure and writes it down; says how long the client is to wait for its refusal. */
  Duration failed(Origin origin, Failure failure) {
    int failures = attempts.failed(origin);
    audit.failed(
        origin,
        failure,
        failures,
        attempts.isTurnedAway(origin) ? FailedAttempts.TURNED_AWAY : Duration.ZERO);
    return FailedAttempts.delay(failures);
  }

  /** A client is told to come again, for no fault of its own. */
  void busy(Origin origin) {
    audit.leftUnsaid(origin, Unsaid.BUSY);
  }

  /** A good token came from {@code origin}; {@code connection} is its session's. */
  void admitted(Origin origin, Channel connection) {
    attempts.sessionBegan(origin);
    connection.closeFuture().addListener(closed -> attempts.sessionEnded(origin));
  }

  /** See {@link Audit#sumUp}. */
  void sumUp() {
    audit.sumUp();
  }

  /** Addresses that have connections on their way through the handshake. */
  int waitingOrigins() {
    return waiting.origins();
  }
}
