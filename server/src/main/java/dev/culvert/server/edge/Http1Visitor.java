package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.server.visitor.Patience;
import dev.culvert.server.visitor.Source;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One visitor's connection in HTTP/1: takes its requests one after the other.
 *
 * <p>Event loop only. While a request is being answered, what the visitor sends behind it waits; at
 * most what one read brought, for then reading stops.
 */
final class Http1Visitor extends ChannelInboundHandlerAdapter implements Visitor {
  /** What is read and dropped of a request that was answered early, to keep the connection. */
  private static final long MAX_DISCARDED_BYTES = 1 << 20;

  /** How long a connection that is to close goes on reading, so that its last answer arrives. */
  private static final long LINGER_SECONDS = 2;

  private final Reception reception;
  private final String scheme;
  private final VisitorCodec codec;
  final Http1Patience patience = new Http1Patience(this);
  private final ArrayDeque<HttpObject> early = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable RequestHead head; // of the request that is being answered, if it could be read
  private @Nullable String accept; // of the same, in any case
  private @Nullable Exchange exchange;
  private KeepAlive keepAlive = KeepAlive.YES; // of the request that is being answered
  private boolean isRequestEnded = true;
  private boolean isAnswering;
  private boolean isClosing;
  private boolean isReadPending;
  private long discardedBytes;

  Http1Visitor(Reception reception, String scheme, VisitorCodec codec) {
    this.reception = reception;
    this.scheme = scheme;
    this.codec = codec;
  }

  ChannelHandlerContext context() {
    if (ctx == null) {
      throw new IllegalStateException("the visitor has no pipeline yet");
    }
    return ctx;
  }

  @Override
  public EventExecutor loop() {
    return context().executor();
  }

  @Override
  public @Nullable InetSocketAddress address() {
    return Source.address(context().channel());
  }

  @Override
  public @Nullable String serverName() {
    return ServerName.of(context().channel());
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
    codec.answerHead(request.method().equals(HttpMethod.HEAD));
    keepAlive = HttpUtil.isKeepAlive(request) ? KeepAlive.YES : KeepAlive.NO;
    head = null;
    accept = RequestHead.joined(request.headers().getAll(HttpHeaderNames.ACCEPT));
    try {
      head = RequestHead.of(request, scheme);
      exchange = reception.receive(this, head);
      if (exchange != null) {
        exchange.start();
      }
    } catch (RequestHead.RefusedException e) {
      keepAlive = KeepAlive.NO;
      reception.refuse(
          this,
          e.refusal(),
          request.method().name(),
          request.uri(),
          request.protocolVersion().text());
    }
  }

  private void receiveContent(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      content.release();
      if (exchange == null || !exchange.refuseBody()) {
        RelayLeg.abort(context().channel()); // a body that cannot be told from a cut one
      }
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
      if (exchange != null && head != null && head.upgrade()) {
        codec.hold();
      }
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
  @Override
  public void readIfWanted() {
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

  Patience settings() {
    return reception.patience();
  }

  void requestStalled() {
    if (exchange != null) {
      exchange.requestStalled();
    }
  }

  // What goes out.

  @Override
  public boolean isWritable() {
    return context().channel().isWritable();
  }

  @Override
  public void write(HttpObject part) {
    if (part instanceof HttpResponse response) {
      writeHead(response);
    } else {
      context().write(part);
    }
  }

  @Override
  public void write(HttpContent content, GenericFutureListener<Future<? super Void>> done) {
    context().write(content).addListener(done);
  }

  private void writeHead(HttpResponse response) {
    HttpVersion version = head == null ? HttpVersion.HTTP_1_1 : head.version();
    HttpResponse own = response.setProtocolVersion(HttpVersion.HTTP_1_1);
    if (!response.status().codeClass().equals(HttpStatusClass.INFORMATIONAL)) {
      boolean isToHead = head != null && head.isHead();
      keepAlive = ResponseFraming.tellEnd(own, version, isToHead, keepAlive);
      context().write(own);
    } else if (version.equals(HttpVersion.HTTP_1_1)) {
      var _ = writeWhole(own);
    } else {
      ReferenceCountUtil.release(own);
    }
  }

  /** A head that is all there is. */
  private ChannelFuture writeWhole(HttpResponse response) {
    return context()
        .writeAndFlush(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                response.status(),
                Unpooled.EMPTY_BUFFER,
                response.headers(),
                EmptyHttpHeaders.INSTANCE));
  }

  @Override
  public void flush() {
    context().flush();
  }

  @Override
  public void answer(HttpRefusal refusal) {
    exchange = null;
    if (refusal.isLast() || (head != null && head.waitsToContinue())) {
      keepAlive = KeepAlive.NO;
    }
    write(RefusalPage.of(refusal, accept));
    flush();
    answered();
  }

  @Override
  public void answered() {
    exchange = null;
    isAnswering = false;
    if (!isRequestEnded && head != null && head.waitsToContinue()) {
      keepAlive = KeepAlive.NO; // the body may never come
    }
    if (keepAlive == KeepAlive.NO) {
      close();
    } else {
      patience.awaitNext();
      codec.goOn();
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

  @Override
  public void abort(Throwable cause) {
    exchange = null;
    RelayLeg.abort(context().channel());
  }

  @Override
  public Future<?> switchProtocols(HttpResponse response) {
    return writeWhole(response);
  }

  @Override
  public RelayLeg leg() {
    SocketChannel channel = (SocketChannel) context().channel();
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      return RelayLeg.ofTls(channel, tls::closeOutbound); // its end is close_notify, not a FIN
    }
    channel.config().setAllowHalfClosure(true);
    return RelayLeg.of(channel);
  }

  @Override
  public void giveUpPlace() {
    exchange = null;
    context().pipeline().remove(this);
    context().pipeline().remove(codec); // which gives what it has held to the relay
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
