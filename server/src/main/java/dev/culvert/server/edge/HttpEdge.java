package dev.culvert.server.edge;

import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.tls.CloseNotifyHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;

/**
 * The public HTTP side: gives each visitor's connection its pipeline. Any thread.
 *
 * <p>Each request is parsed, routed and forwarded on its own, so that one connection may speak to
 * several tunnels. See {@link Http1Visitor} for a connection, {@link Http2Visitor} for a stream of
 * one, and {@link Exchange} for a request.
 */
public final class HttpEdge {
  static final int MAX_LINE_BYTES = 16 * 1024;
  static final int MAX_HEADER_BYTES = 64 * 1024;
  static final int MAX_CHUNK_BYTES = 64 * 1024;

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private final Reception reception;

  /**
   * An edge for all listeners.
   *
   * @param proxies whose word about visitors is taken
   * @param rules let visitors reach what is in {@code routes}, or do not
   * @param log gets a line for each request
   */
  public HttpEdge(RouteTable routes, TrustedProxies proxies, RuleBook rules, AccessLog log) {
    reception = new Reception(routes, proxies, rules, log);
  }

  /**
   * Makes {@code channel}, an accepted connection, a visitor over plain HTTP.
   *
   * @param first see each request before it is routed, behind the codec, and may answer it
   */
  public void acceptHttp(Channel channel, ChannelHandler... first) {
    addHttp1(channel, "http", first);
  }

  /** Makes {@code channel}, whose pipeline ends in its SslHandler, a visitor over HTTPS. */
  public void acceptHttps(Channel channel) {
    channel
        .pipeline()
        .addLast(CloseNotifyHandler.INSTANCE, new ProtocolChoice(this::addHttp1, this::addHttp2));
  }

  private void addHttp1(Channel channel, String scheme, ChannelHandler... first) {
    channel.config().setAutoRead(false);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    VisitorCodec codec = new VisitorCodec();
    Http1Visitor visitor = new Http1Visitor(reception, scheme, codec);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(visitor.patience, codec).addLast(first).addLast(visitor);
  }

  private void addHttp2(Channel channel, String scheme) {
    Http2Connection.addTo(channel, reception, scheme);
  }

  /** Lets go of connections that have waited for a request long enough. Twice a second. */
  public void sweep() {
    reception.sweep();
  }
}
