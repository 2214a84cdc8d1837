package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.server.visitor.Source;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One request of a visitor in HTTP/2: a stream of an {@link Http2Connection}. Event loop only. */
final class Http2Visitor extends ChannelInboundHandlerAdapter implements Visitor {
  private static final String PROTOCOL = Http2Head.VERSION.text();
  private static final GenericFutureListener<Future<? super Void>> NOBODY = done -> {};

  private final Reception reception;
  private final Http2Connection connection;
  private final Http2Patience patience;
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable RequestHead head;
  private @Nullable String accept; // whether or not there is a head
  private @Nullable Exchange exchange;
  private @Nullable Http2Response response;
  private boolean isRequestEnded; // the visitor sends no more on this stream
  private boolean isToHead;
  private boolean isReadPending;
  private boolean isOver;

  Http2Visitor(Reception reception, Http2Connection connection) {
    this.reception = reception;
    this.connection = connection;
    this.patience = new Http2Patience(reception.patience());
  }

  private ChannelHandlerContext context() {
    if (ctx == null) {
      throw new IllegalStateException("the visitor has no pipeline yet");
    }
    return ctx;
  }

  private Http2Response response() {
    if (response == null) {
      throw new IllegalStateException("the visitor has no pipeline yet");
    }
    return response;
  }

  @Override
  public EventExecutor loop() {
    return context().executor();
  }

  @Override
  public @Nullable InetSocketAddress address() {
    return Source.address(context().channel().parent());
  }

  @Override
  public @Nullable String serverName() {
    return ServerName.of(context().channel().parent());
  }

  // What comes in.

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    response = new Http2Response(ctx, patience);
    if (ctx.channel().isActive()) {
      readIfWanted();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    readIfWanted();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (isOver) {
      isRequestEnded |= isEnd(message);
      ReferenceCountUtil.release(message);
    } else if (message instanceof Http2HeadersFrame frame) {
      receiveHead(frame);
    } else if (message instanceof Http2DataFrame frame) {
      receiveData(frame);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private static boolean isEnd(Object message) {
    return (message instanceof Http2DataFrame data && data.isEndStream())
        || (message instanceof Http2HeadersFrame headers && headers.isEndStream());
  }

  private void receiveHead(Http2HeadersFrame frame) {
    patience.received(1);
    try {
      if (head == null) {
        begin(frame);
      } else {
        receiveTrailers(frame);
      }
    } catch (Http2Head.MalformedException e) {
      fail(Http2Error.PROTOCOL_ERROR, frame.headers());
    } catch (RequestHead.RefusedException e) {
      Http2Headers fields = frame.headers();
      reception.refuse(this, e.refusal(), fields.method(), fields.path(), PROTOCOL);
    }
  }

  private void begin(Http2HeadersFrame frame)
      throws Http2Head.MalformedException, RequestHead.RefusedException {
    isRequestEnded = frame.isEndStream();
    accept = RequestHead.joined(frame.headers().getAll(HttpHeaderNames.ACCEPT));
    isToHead = AsciiString.contentEquals(HttpMethod.HEAD.asciiName(), frame.headers().method());
    RequestHead read = Http2Head.request(frame.headers(), isRequestEnded, connection.scheme());
    head = read;
    Exchange begun = reception.receive(this, read);
    exchange = begun;
    if (begun != null) {
      begun.start();
      if (!read.hasBody()) {
        begun.requestContent(LastHttpContent.EMPTY_LAST_CONTENT);
      }
    }
  }

  private void receiveTrailers(Http2HeadersFrame frame) throws Http2Head.MalformedException {
    HttpHeaders trailers = Http2Head.trailers(frame.headers());
    if (!frame.isEndStream()) {
      throw new Http2Head.MalformedException("a second head");
    }
    receiveContent(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
  }

  private void receiveData(Http2DataFrame frame) {
    patience.received(frame.content().readableBytes());
    receiveContent(
        frame.isEndStream()
            ? new DefaultLastHttpContent(frame.content())
            : new DefaultHttpContent(frame.content()));
  }

  private void receiveContent(HttpContent content) {
    isRequestEnded = content instanceof LastHttpContent;
    if (exchange == null) {
      content.release();
    } else {
      exchange.requestContent(content);
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

  @Override
  public void readIfWanted() {
    if (!isReadPending && wantsMore()) {
      isReadPending = true;
      context().read();
    }
  }

  private boolean wantsMore() {
    if (isOver) {
      return isRequestEnded;
    }
    boolean isSwitching = head != null && head.upgrade(); // what follows is no part of the request
    return exchange == null || (!isSwitching && exchange.wantsRequest());
  }

  /** Ends what has stood still for too long; each {@value Http2Patience#LOOK_SECONDS} s. */
  void look() {
    patience.look(context().channel(), exchange != null && exchange.owesRequest());
    if (patience.isTakingOver()) {
      gone();
      reset(Http2Error.CANCEL);
    } else if (patience.isSendingOver() && exchange != null) {
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
    if (part instanceof HttpResponse head) {
      response().head(head);
    }
    if (part instanceof HttpContent content) {
      write(content, NOBODY);
    }
  }

  @Override
  public void write(HttpContent content, GenericFutureListener<Future<? super Void>> done) {
    response().content(content, isToHead, done);
  }

  @Override
  public void flush() {
    response().flush();
  }

  @Override
  public void answer(HttpRefusal refusal) {
    exchange = null;
    write(RefusalPage.of(refusal, accept));
    flush();
    answered();
  }

  @Override
  public void answered() {
    exchange = null;
    isOver = true; // the stream ends with the last frame
    response().written().addListener(done -> needNoMore());
    readIfWanted();
  }

  /** The rest of the request need not be sent (RFC 9113, section 8.1). */
  private void needNoMore() {
    if (!isRequestEnded) {
      reset(Http2Error.NO_ERROR);
    }
  }

  @Override
  public void abort(Throwable cause) {
    reset(cause instanceof ServiceResetException e ? e.forVisitor() : Http2Error.INTERNAL_ERROR);
  }

  @Override
  public boolean takesResets() {
    return true;
  }

  private void reset(Http2Error error) {
    isOver = true;
    exchange = null;
    response().dropHead();
    context().writeAndFlush(new DefaultHttp2ResetFrame(error));
    context().close();
  }

  @Override
  public Future<?> switchProtocols(HttpResponse response) {
    response().dropHead();
    return context().writeAndFlush(new DefaultHttp2HeadersFrame(Http2Head.response(response)));
  }

  @Override
  public RelayLeg leg() {
    exchange = null;
    connection.ended(this);
    Channel stream = context().channel();
    Http2Bytes bytes = new Http2Bytes();
    context().pipeline().replace(this, null, bytes);
    return RelayLeg.of(stream, bytes::finish);
  }

  @Override
  public void giveUpPlace() {
    // It has been given up with the leg.
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null && ctx.channel().isWritable()) {
      exchange.readResponse();
    }
  }

  // The end.

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame) {
      gone();
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connection.ended(this);
    gone();
  }

  private void gone() {
    isOver = true;
    isRequestEnded = true;
    readIfWanted(); // the stream closes once nothing waits to be read
    response().dropHead();
    if (exchange != null) {
      exchange.visitorGone();
      exchange = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Http2Exception own = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
    if (own instanceof Http2Exception.HeaderListSizeException && head == null && !isOver) {
      reception.refuse(this, RequestHead.tooManyFields().refusal(), null, null, PROTOCOL);
    } else {
      fail(own == null ? Http2Error.INTERNAL_ERROR : own.error(), EmptyHttp2Headers.INSTANCE);
    }
  }

  /** Resets the stream; a request that has not begun for it is told of by what is known of it. */
  private void fail(Http2Error error, Http2Headers fields) {
    if (head == null && !isOver) {
      reception.unreadable(this, fields.method(), fields.path(), PROTOCOL);
    }
    gone();
    reset(error);
  }
}
