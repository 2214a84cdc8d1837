package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.server.visitor.Patience;
import dev.culvert.server.visitor.Source;
import io.netty.buffer.ByteBuf;
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
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
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

/**
 * One request of a visitor in HTTP/2: a stream of an {@link Http2Connection}. Event loop only.
 *
 * <p>The head of a response waits for what comes behind it, or for a flush: a response without
 * content is one frame, as gRPC wants it where there is nothing but trailers.
 */
final class Http2Visitor extends ChannelInboundHandlerAdapter implements Visitor {
  private static final GenericFutureListener<Future<? super Void>> NOBODY = done -> {};

  private final Reception reception;
  private final Http2Connection connection;
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable RequestHead head;
  private @Nullable String accept; // whether or not there is a head
  private @Nullable Exchange exchange;
  private @Nullable Http2Headers waitingHead;
  private boolean isRequestEnded;
  private boolean isToHead;
  private boolean isReadPending;
  private boolean isOver;

  // As it was at the last look; each stays the same where the visitor stalls.
  private long receivedBytes;
  private int owingLooks;
  private int untakenLooks;
  private long writtenBytes;
  private long lastWrittenBytes;
  private long lastUntaken;

  Http2Visitor(Reception reception, Http2Connection connection) {
    this.reception = reception;
    this.connection = connection;
  }

  private ChannelHandlerContext context() {
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
    receivedBytes += message instanceof Http2DataFrame data ? data.content().readableBytes() : 1;
    if (isOver) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof Http2HeadersFrame frame) {
      receiveHead(frame);
    } else if (message instanceof Http2DataFrame frame) {
      receiveData(frame);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void receiveHead(Http2HeadersFrame frame) {
    try {
      if (head == null) {
        begin(frame);
      } else {
        receiveTrailers(frame);
      }
    } catch (Http2Head.MalformedException e) {
      reset(Http2Error.PROTOCOL_ERROR);
    } catch (RequestHead.RefusedException e) {
      Http2Headers fields = frame.headers();
      reception.refuse(this, e.refusal(), fields.method(), fields.path(), "HTTP/2.0");
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
        isRequestEnded = true; // what follows an upgrade is no part of it
        begun.requestContent(LastHttpContent.EMPTY_LAST_CONTENT);
      }
    }
  }

  private void receiveTrailers(Http2HeadersFrame frame) throws Http2Head.MalformedException {
    HttpHeaders trailers = Http2Head.trailers(frame.headers());
    if (!frame.isEndStream()) {
      throw new Http2Head.MalformedException("a second head");
    }
    LastHttpContent last = new DefaultLastHttpContent();
    last.trailingHeaders().set(trailers);
    receiveContent(last);
  }

  private void receiveData(Http2DataFrame frame) {
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
    if (!isReadPending && (exchange == null || exchange.wantsRequest())) {
      isReadPending = true;
      context().read();
    }
  }

  // Patience.

  /** Compares with the last look, {@link Http2Connection#LOOK_SECONDS} ago. */
  void look() {
    boolean owes = exchange != null && exchange.owesRequest();
    Patience patience = reception.patience();
    boolean isSlow = receivedBytes < patience.requestBytes(Http2Connection.LOOK_SECONDS);
    owingLooks = owes && isSlow ? owingLooks + 1 : 0;
    receivedBytes = 0;
    long untaken = untaken();
    boolean isStill = untaken == lastUntaken && writtenBytes == lastWrittenBytes;
    untakenLooks = isStill && untaken > 0 ? untakenLooks + 1 : 0;
    lastUntaken = untaken;
    lastWrittenBytes = writtenBytes;
    if (untakenLooks >= Http2Connection.STALL_LOOKS) {
      gone();
      reset(Http2Error.CANCEL);
    } else if (owingLooks >= Http2Connection.stallLooks(patience) && exchange != null) {
      exchange.requestStalled();
    }
  }

  /** Zero where the visitor has taken all; else it changes as it takes. */
  private long untaken() {
    Channel channel = context().channel();
    return channel.config().getWriteBufferHighWaterMark()
        + 1
        - channel.bytesBeforeUnwritable()
        + channel.bytesBeforeWritable();
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
    }
    if (part instanceof HttpContent content) {
      writeContent(content, NOBODY);
    }
  }

  @Override
  public void write(HttpContent content, GenericFutureListener<Future<? super Void>> done) {
    writeContent(content, done);
  }

  private void writeHead(HttpResponse response) {
    Http2Headers fields = Http2Head.response(response);
    if (response.status().codeClass().equals(HttpStatusClass.INFORMATIONAL)) {
      context().writeAndFlush(new DefaultHttp2HeadersFrame(fields));
    } else {
      waitingHead = fields;
    }
  }

  private void writeContent(HttpContent content, GenericFutureListener<Future<? super Void>> done) {
    boolean isEmpty = isToHead || !content.content().isReadable();
    boolean isLast = content instanceof LastHttpContent;
    HttpHeaders trailers =
        content instanceof LastHttpContent last && !isToHead ? last.trailingHeaders() : null;
    boolean hasTrailers = trailers != null && !trailers.isEmpty();
    if (isLast && isEmpty && !hasTrailers && waitingHead != null) {
      content.release();
      writeWaitingHead(true);
      return;
    }
    writeWaitingHead(false);
    if (!isEmpty || (isLast && !hasTrailers)) {
      ByteBuf bytes = isEmpty ? Unpooled.EMPTY_BUFFER : content.content().retain();
      writtenBytes += bytes.readableBytes();
      context().write(new DefaultHttp2DataFrame(bytes, isLast && !hasTrailers)).addListener(done);
    }
    content.release();
    if (trailers != null && hasTrailers) {
      context().write(new DefaultHttp2HeadersFrame(Http2Head.fields(trailers), true));
    }
  }

  private void writeWaitingHead(boolean isLast) {
    Http2Headers fields = waitingHead;
    if (fields != null) {
      waitingHead = null;
      context().write(new DefaultHttp2HeadersFrame(fields, isLast));
    }
  }

  @Override
  public void flush() {
    writeWaitingHead(false);
    context().flush();
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
    if (isRequestEnded) {
      isOver = true; // the stream ends with the last frame
      readIfWanted();
    } else {
      reset(Http2Error.NO_ERROR); // the rest need not be sent (RFC 9113, section 8.1)
    }
  }

  @Override
  public void abort(Throwable cause) {
    reset(Http2Error.INTERNAL_ERROR);
  }

  private void reset(Http2Error error) {
    isOver = true;
    exchange = null;
    waitingHead = null;
    context().writeAndFlush(new DefaultHttp2ResetFrame(error));
    context().close();
  }

  @Override
  public Future<?> switchProtocols(HttpResponse response) {
    waitingHead = null;
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
    waitingHead = null;
    if (exchange != null) {
      exchange.visitorGone();
      exchange = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    gone();
    Http2Exception own = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
    reset(own == null ? Http2Error.INTERNAL_ERROR : own.error());
  }
}
