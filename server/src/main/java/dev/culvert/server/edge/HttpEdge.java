package dev.culvert.server.edge;

import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.visitor.VisitorSettings;
import dev.culvert.tls.CertificateStore;
import dev.culvert.tls.CloseNotifyHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import org.jspecify.annotations.Nullable;

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
   * @param certificates what visitors over TLS are presented with
   * @param settings who visitors are, and how long they and services may take
   * @param rules let visitors reach what is in {@code routes}, or do not
   * @param log gets a line for each request
   */
  public HttpEdge(
      RouteTable routes,
      CertificateStore certificates,
      VisitorSettings settings,
      RuleBook rules,
      AccessLog log) {
    Misdirection misdirection = new Misdirection(routes, certificates);
    reception = new Reception(routes, misdirection, settings, rules, log);
  }

  /** Makes {@code channel}, an accepted connection, a visitor over plain HTTP. */
  public void acceptHttp(Channel channel) {
    acceptHttp(channel, null);
  }

  /**
   * The same with another handler.
   *
   * @param first sees requests of HTTP/1 ahead of all else; null for nothing
   */
  public void acceptHttp(Channel channel, @Nullable ChannelHandler first) {
    addHttp1(channel, "http", first);
  }

  /** The same, which may begin with HTTP/2 instead, as it knows that it can. */
  public void acceptHttpOrHttp2(Channel channel, @Nullable ChannelHandler first) {
    channel
        .pipeline()
        .addLast(
            new CleartextChoice(
                made -> addHttp1(made, "http", first), made -> addHttp2(made, "http")));
  }

  /**
   * Makes {@code channel}, whose pipeline ends in its SslHandler, a visitor over HTTPS.
   *
   * @param serverName as the visitor named it (SNI); null where it named none
   */
  public void acceptHttps(Channel channel, @Nullable String serverName) {
    ServerName.tell(channel, serverName);
    channel
        .pipeline()
        .addLast(
            CloseNotifyHandler.INSTANCE,
            new ProtocolChoice((made, scheme) -> addHttp1(made, scheme, null), this::addHttp2));
  }

  private void addHttp1(Channel channel, String scheme, @Nullable ChannelHandler first) {
    channel.config().setAutoRead(false);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    VisitorCodec codec = new VisitorCodec();
    Http1Visitor visitor = new Http1Visitor(reception, scheme, codec);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(visitor.patience, codec);
    if (first != null) {
      pipeline.addLast(first);
    }
    pipeline.addLast(visitor);
  }

  /** Makes {@code channel}, for which HTTP/2 was agreed on, a visitor. */
  void addHttp2(Channel channel, String scheme) {
    Http2Connection.addTo(channel, reception, scheme);
  }

  /** From now on each request is answered with the word that the server stops. */
  public void stop() {
    reception.stop();
  }

  /** Lets go of connections that have waited for a request long enough. Twice a second. */
  public void sweep() {
    reception.sweep();
  }
}
