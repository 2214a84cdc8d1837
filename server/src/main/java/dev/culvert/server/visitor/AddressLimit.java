package dev.culvert.server.visitor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in at most so many connections of one address at a time, see {@link Origin}; further ones
 * are closed at once. A connection counts while the handler is in its pipeline. Any number of event
 * loops.
 *
 * <p>Proxies and balancers that the operator named are not counted, for they come for many, nor is
 * the machine itself. Memory is that of the connections there are.
 */
@Sharable
final class AddressLimit extends ChannelInboundHandlerAdapter {
  private static final Logger logger = LoggerFactory.getLogger(AddressLimit.class);

  private final int maxConnections;
  private final Networks uncounted;
  private final Tally connections = new Tally();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicReference<Origin> lastRefused = new AtomicReference<>(Origin.NONE);

  AddressLimit(int maxConnections, Networks uncounted) {
    this.maxConnections = maxConnections;
    this.uncounted = uncounted;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    Origin origin = Source.origin(ctx.channel());
    if (connections.add(origin) > maxConnections && isCounted(ctx.channel())) {
      refused.incrementAndGet();
      lastRefused.set(origin);
      ctx.close();
    }
  }

  private boolean isCounted(Channel channel) {
    InetSocketAddress address = Source.address(channel);
    return address != null
        && !address.getAddress().isLoopbackAddress()
        && !uncounted.contains(address.getAddress());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    connections.remove(Source.origin(ctx.channel()));
  }

  /** Says how many were refused since the last time, if any. */
  void sumUp() {
    long count = refused.getAndSet(0);
    if (count > 0) {
      logger.warn(
          "{} connections of visitors were closed, beyond {} of one address; the last from {}",
          count,
          maxConnections,
          lastRefused.get().text());
    }
  }

  /** Addresses that have connections. */
  int origins() {
    return connections.origins();
  }
}
