package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.server.visitor.Patience;
import dev.culvert.server.visitor.Source;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One visitor's connection in HTTP/1: takes its requests one after the other.
 *
 * <p>Event loop only. While a request is being answered, what the visitor sends behind it waits, as
 * bytes; at most what one read brought, for then reading stops.
 */
final class Http1Visitor extends ChannelInboundHandlerAdapter implements Visitor {
  private static final Logger logger = LoggerFactory.getLogger(Http1Visitor.class);

  /** What is read and dropped of a request that was answered early, to keep the connection. */
  private static final long MAX_DISCARDED_BYTES = 1 << 20;

  private final Reception reception;
  private final String scheme;
  private final VisitorCodec codec;
  final Http1Patience patience = new Http1Patience(this);
  private final Http1Output output;
  private @Nullable RequestHead head; // of the request that is being answered, if it could be read
  private @Nullable String accept; // of the same, in any case
  private @Nullable Exchange exchange;
  private boolean isRequestEnded = true;
  private boolean isAnswering;
  private boolean isClosing;
  private boolean isReadPending;
  private long discardedBytes;

  Http1Visitor(Reception reception, String scheme, VisitorCodec codec) {
    this.reception = reception;
    this.scheme = scheme;
    this.codec = codec;
    this.output = new Http1Output(codec);
  }

  ChannelHandlerContext context() {
    return output.context();
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
    output.open(ctx);
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
      return;
    }
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
    output.begin(request);
    head = null;
    accept = RequestHead.joined(request.headers().getAll(HttpHeaderNames.ACCEPT));
    try {
      head = RequestHead.of(request, scheme);
      output.understood(head.version());
      exchange = reception.receive(this, head);
      if (exchange != null) {
        exchange.start();
      }
    } catch (RequestHead.RefusedException e) {
      output.closeAfter();
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
        close();
      }
    }
    if (isLast) {
      isRequestEnded = true;
      if (isAnswering || !isWritable()) {
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
    if (isClosing) {
      return true;
    }
    if (codec.isHolding()) {
      return codec.isEmpty(); // the visitor may leave
    }
    return exchange == null ? isWritable() : exchange.wantsRequest();
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
    output.write(part);
  }

  @Override
  public void write(HttpContent content, GenericFutureListener<Future<? super Void>> done) {
    context().write(content).addListener(done);
  }

  @Override
  public void flush() {
    context().flush();
  }

  @Override
  public void answer(HttpRefusal refusal) {
    exchange = null;
    if (refusal.isLast() || (head != null && head.waitsToContinue())) {
      output.closeAfter();
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
      output.closeAfter(); // the body may never come
    }
    if (output.keepAlive() == KeepAlive.NO) {
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
    if (isWritable()) {
      boolean wasReadPending = isReadPending;
      isReadPending = true; // nothing is read before what was held
      codec.goOn();
      isReadPending = wasReadPending;
    }
    if (exchange != null) {
      exchange.requestReadComplete();
    }
    readIfWanted();
  }

  /** Closes the connection in order, behind what was written; what still comes is dropped. */
  void close() {
    isClosing = true;
    patience.stopWaiting();
    codec.goOn(); // what it holds is dropped, too
    if (isRequestEnded) {
      output.close();
    } else {
      output.linger();
      readIfWanted();
    }
  }

  @Override
  public boolean takesResets() {
    return false;
  }

  @Override
  public void abort(Throwable cause) {
    exchange = null;
    RelayLeg.abort(context().channel());
  }

  @Override
  public Future<?> switchProtocols(HttpResponse response) {
    return output.writeWhole(response);
  }

  @Override
  public RelayLeg leg() {
    return output.leg();
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
    if (exchange != null) {
      exchange.visitorGone();
      exchange = null;
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    logger.debug("{} is cut: {}", ctx.channel(), cause.toString());
    RelayLeg.abort(ctx.channel());
  }
}
