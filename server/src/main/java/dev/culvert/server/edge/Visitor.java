package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.visitor.Source;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One visitor's connection: takes its requests one after the other.
 *
 * <p>Event loop only. While a request is being answered, what the visitor sends behind it waits; at
 * most what one read brought, for then reading stops.
 */
final class Visitor extends ChannelInboundHandlerAdapter {
  /** What is read and dropped of a request that was answered early, to keep the connection. */
  private static final long MAX_DISCARDED_BYTES = 1 << 20;

  /** How long a connection that is to close goes on reading, so that its last answer arrives. */
  private static final long LINGER_SECONDS = 2;

  private final RouteTable routes;
  private final UpstreamPool pool;
  private final String scheme;
  final VisitorPatience patience = new VisitorPatience(this);
  private final ArrayDeque<HttpObject> early = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Exchange exchange;
  private boolean isRequestEnded = true;
  private boolean isAnswering;
  private boolean isClosing;
  private boolean isReadPending;
  private long discardedBytes;

  Visitor(RouteTable routes, UpstreamPool pool, String scheme) {
    this.routes = routes;
    this.pool = pool;
    this.scheme = scheme;
  }

  ChannelHandlerContext context() {
    if (ctx == null) {
      throw new IllegalStateException("the visitor has no pipeline yet");
    }
    return ctx;
  }

  @Nullable InetSocketAddress address() {
    return Source.address(context().channel());
  }

  String scheme() {
    return scheme;
  }

  // What comes in.

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    RelayLeg.arm(ctx.channel());
    patience.awaitFirst();
    if (ctx.channel().isActive()) {
      readIfWanted();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    readIfWanted();
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    HttpObject part = (HttpObject) message;
    if (isClosing) {
      ReferenceCountUtil.release(part);
    } else if (isAnswering && isRequestEnded) {
      early.add(part);
    } else {
      receive(part);
    }
  }

  private void receive(HttpObject part) {
    if (part instanceof HttpRequest request) {
      patience.stopWaiting();
      isRequestEnded = false;
      isAnswering = true;
      discardedBytes = 0;
      begin(request);
    }
    if (part instanceof HttpContent content) {
      receiveContent(content);
    }
  }

  private void begin(HttpRequest request) {
    String accept = request.headers().get(HttpHeaderNames.ACCEPT);
    RequestHead head;
    try {
      head = RequestHead.of(request);
    } catch (RequestHead.RefusedException e) {
      answer(e.refusal(), accept, KeepAlive.NO);
      return;
    }
    Route route = routes.findHost(head.host());
    if (route == null) {
      answer(
          HttpRefusal.noSuchTunnel(head.host()),
          accept,
          head.keepAlive() ? KeepAlive.YES : KeepAlive.NO);
      return;
    }
    exchange = new Exchange(this, pool, route, head);
    exchange.start();
  }

  private void receiveContent(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      content.release();
      RelayLeg.abort(context().channel()); // a body that cannot be told from a cut one
      return;
    }
    boolean isLast = content instanceof LastHttpContent;
    if (exchange != null) {
      exchange.requestContent(content);
    } else {
      discardedBytes += content.content().readableBytes();
      content.release();
      if (discardedBytes > MAX_DISCARDED_BYTES && !isLast) {
        linger();
      }
    }
    if (isLast) {
      isRequestEnded = true;
      nextIfDone();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    isReadPending = false;
    if (exchange != null) {
      exchange.requestReadComplete();
    }
    readIfWanted();
  }

  /** Reads on, unless what was read so far, or its answers, must first go their way. */
  void readIfWanted() {
    if (!isReadPending && wantsMore()) {
      isReadPending = true;
      context().read();
    }
  }

  private boolean wantsMore() {
    return isClosing
        || (early.isEmpty()
            && (exchange == null ? context().channel().isWritable() : exchange.wantsRequest()));
  }

  /** Whether nothing goes on until the visitor sends more of its request. */
  boolean owesRequest() {
    return isReadPending && exchange != null && exchange.owesRequest();
  }

  void requestStalled() {
    if (exchange != null) {
      exchange.requestStalled();
    }
  }

  // What goes out.

  /** Answers the current request in the local service's place. */
  void answer(HttpRefusal refusal, @Nullable String accept, KeepAlive keepAlive) {
    exchange = null;
    FullHttpResponse response = RefusalPage.of(refusal, accept);
    if (keepAlive == KeepAlive.NO) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    context().writeAndFlush(response);
    answered(keepAlive);
  }

  /** The response to the current request has been written. */
  void answered(KeepAlive keepAlive) {
    exchange = null;
    isAnswering = false;
    if (keepAlive == KeepAlive.NO) {
      close();
    } else {
      patience.awaitNext();
      nextIfDone();
      readIfWanted(); // what is left of a request that was answered early
    }
  }

  private void nextIfDone() {
    if (isAnswering || !isRequestEnded || isClosing) {
      return;
    }
    patience.awaitNext();
    HttpObject part;
    while (mayTakeEarly() && (part = early.poll()) != null) {
      receive(part);
    }
    if (exchange != null) {
      exchange.requestReadComplete();
    }
    readIfWanted();
  }

  /** What is left of a request, or another one while nothing is in its way. */
  private boolean mayTakeEarly() {
    return !isClosing && (!isRequestEnded || (!isAnswering && context().channel().isWritable()));
  }

  /** Closes the connection in order, behind what was written. */
  void close() {
    if (isRequestEnded) {
      isClosing = true;
      releaseEarly();
      RelayLeg.disarm(context().channel());
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      linger();
    }
  }

  /** Ends the output, and drops what the visitor is still sending for a moment. */
  private void linger() {
    isClosing = true;
    patience.stopWaiting();
    releaseEarly();
    RelayLeg.disarm(context().channel());
    context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> endOutput());
    readIfWanted();
  }

  private void endOutput() {
    SslHandler tls = context().pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else {
      ((DuplexChannel) context().channel()).shutdownOutput();
    }
    context().executor().schedule(() -> context().close(), LINGER_SECONDS, TimeUnit.SECONDS);
  }

  /** Cuts the connection: what was sent of the current response is not all of it. */
  void abort() {
    exchange = null;
    RelayLeg.abort(context().channel());
  }

  /** Behind a 101: the connection leaves HTTP, and becomes one leg of a relay. */
  RelayLeg leg() {
    SocketChannel channel = (SocketChannel) context().channel();
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      return RelayLeg.ofTls(channel, tls::closeOutbound); // its end is close_notify, not a FIN
    }
    channel.config().setAllowHalfClosure(true);
    return RelayLeg.of(channel);
  }

  /** Whether the visitor has said more than it may before it got its 101. */
  boolean hasSpokenEarly() {
    return !early.isEmpty();
  }

  /** The relay's handler is behind this one: lets it have the connection. */
  void giveUpPlace() {
    exchange = null;
    context().pipeline().remove(this);
    context().pipeline().remove(HttpServerCodec.class);
    context().pipeline().remove(patience);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      if (exchange != null) {
        exchange.readResponse();
      } else {
        nextIfDone();
        readIfWanted();
      }
    }
    ctx.fireChannelWritabilityChanged();
  }

  // The end.

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close(); // a visitor that no longer sends no longer waits, as common proxies see it
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    patience.stopWaiting();
    releaseEarly();
    if (exchange != null) {
      exchange.visitorGone();
      exchange = null;
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    RelayLeg.abort(ctx.channel());
  }

  private void releaseEarly() {
    HttpObject part;
    while ((part = early.poll()) != null) {
      ReferenceCountUtil.release(part);
    }
  }
}
