package dev.culvert.server.edge;

import dev.culvert.server.route.RouteTable;
import dev.culvert.tls.CloseNotifyHandler;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;

/**
 * The public HTTP side: gives each visitor's connection its pipeline. Any thread.
 *
 * <p>Each request is parsed, routed and forwarded on its own, so that one connection may speak to
 * several tunnels. See {@link Visitor} for a connection and {@link Exchange} for a request.
 */
public final class HttpEdge {
  static final int MAX_LINE_BYTES = 16 * 1024;
  static final int MAX_HEADER_BYTES = 64 * 1024;
  static final int MAX_CHUNK_BYTES = 64 * 1024;

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private final RouteTable routes;
  private final UpstreamPool pool = new UpstreamPool();

  public HttpEdge(RouteTable routes) {
    this.routes = routes;
  }

  /** Makes {@code channel}, an accepted connection, a visitor over plain HTTP. */
  public void acceptHttp(Channel channel) {
    addHandlers(channel, "http");
  }

  /** Makes {@code channel}, whose pipeline ends in its SslHandler, a visitor over HTTPS. */
  public void acceptHttps(Channel channel) {
    channel.pipeline().addLast(CloseNotifyHandler.INSTANCE);
    addHandlers(channel, "https");
  }

  private void addHandlers(Channel channel, String scheme) {
    channel.config().setAutoRead(false);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    Visitor visitor = new Visitor(routes, pool, scheme);
    channel.pipeline().addLast(visitor.patience, visitor.codec, visitor);
  }

  /** Lets go of connections that have waited for a request long enough. Twice a second. */
  public void sweep() {
    pool.sweep();
  }
}
