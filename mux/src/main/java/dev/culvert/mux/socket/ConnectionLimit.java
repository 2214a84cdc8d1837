package dev.culvert.mux.socket;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets in at most so many connections at a time; further ones are closed at once. A connection
 * counts while the handler is in its pipeline. Any number of event loops.
 */
@Sharable
public final class ConnectionLimit extends ChannelInboundHandlerAdapter {
  private final int maxConnections;
  private final AtomicInteger connections = new AtomicInteger();

  public ConnectionLimit(int maxConnections) {
    this.maxConnections = maxConnections;
  }

  public int connections() {
    return connections.get();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (connections.incrementAndGet() > maxConnections) {
      ctx.close();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    connections.decrementAndGet();
  }
}
