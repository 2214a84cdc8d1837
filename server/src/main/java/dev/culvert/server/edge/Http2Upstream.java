package dev.culvert.server.edge;

import dev.culvert.mux.control.ServiceProtocol;
import dev.culvert.mux.netty.RelayEnd;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Route;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks HTTP/2 from its first byte on (RFC 9113, section 3.3), one request after
 * the other: requests at once have a connection each, so that a visitor that takes its response
 * slowly holds up no other. What waits for it is bounded by the multiplexer's window; the one of
 * HTTP/2 is wide, and open again with each frame that is read.
 *
 * <p>A request that is given up costs its connection.
 */
final class Http2Upstream extends PooledUpstream {
  private static final int WINDOW_BYTES = 16 * 1024 * 1024;
  private static final int MAX_EMPTY_FRAMES = 8; // in a row, before the connection is ended
  private static final int MAX_INFORMED = 32; // heads before the one that counts
  private static final int DEFAULT_WINDOW_BYTES = 65_535;

  /** The codec lets only handlers of this class make streams. */
  private static final class Streams extends Http2ChannelDuplexHandler {}

  private final Streams streams;
  private final ResponseCredit credit;
  private final String scheme; // of the service, not of the visitor
  private volatile @Nullable Http2FrameStream exchange; // the stream of the request
  private volatile boolean isReached; // the service has taken the connection
  private volatile boolean isRequestWritten;
  private volatile boolean isToHead;
  private boolean hasHead; // of the response; stream's loop
  private int informed; // heads that are not the response's; stream's loop

  private Http2Upstream(
      StreamChannel stream,
      UpstreamPool pool,
      Route route,
      Streams streams,
      ResponseCredit credit,
      User user,
      EventExecutor loop) {
    super(stream, pool, route, user, loop);
    this.streams = streams;
    this.credit = credit;
    this.scheme = route.service() == ServiceProtocol.H2 ? "https" : "http";
  }

  /** Adds the codec and, behind it, such a connection. */
  static void addTo(
      StreamChannel stream,
      UpstreamPool pool,
      Route route,
      ResponseCredit credit,
      User user,
      EventExecutor loop) {
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forClient()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .pushEnabled(false)
                    .initialWindowSize(WINDOW_BYTES)
                    .maxHeaderListSize(HttpEdge.MAX_HEADER_BYTES))
            .gracefulShutdownTimeoutMillis(0)
            .decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_FRAMES)
            .build();
    Streams streams = new Streams();
    stream.config().setAutoRead(true);
    stream
        .pipeline()
        .addLast(
            codec, streams, new Http2Upstream(stream, pool, route, streams, credit, user, loop));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(new DefaultHttp2WindowUpdateFrame(WINDOW_BYTES - DEFAULT_WINDOW_BYTES));
    ctx.fireChannelActive();
  }

  // For the user's loop.

  @Override
  public void send(RequestHead head) {
    Http2FrameStream opened = streams.newStream();
    isToHead = head.isHead();
    exchange = opened;
    isRequestWritten = !head.hasBody();
    stream
        .write(
            new DefaultHttp2HeadersFrame(Http2Head.request(head, scheme), !head.hasBody())
                .stream(opened))
        .addListener(done -> {
          if (!done.isSuccess() && isExpecting()) {
            fail(
                done.cause() instanceof Http2Exception.HeaderListSizeException
                    ? new IOException("it takes no head of that length")
                    : new ServiceResetException(Http2Error.REFUSED_STREAM));
          }
        });
  }

  @Override
  public void write(HttpContent part, GenericFutureListener<Future<? super Void>> done) {
    Http2FrameStream to = exchange;
    ChannelPromise written = new DefaultChannelPromise(stream, seat().loop());
    if (to == null || isRequestWritten) { // the head was all of it
      part.release();
      written.addListener(done).setSuccess();
      return;
    }
    boolean isLast = part instanceof LastHttpContent;
    HttpHeaders trailers = part instanceof LastHttpContent last ? last.trailingHeaders() : null;
    boolean hasTrailers = trailers != null && !trailers.isEmpty();
    if (isLast) {
      written.addListener(end -> isRequestWritten |= end.isSuccess());
    }
    written.addListener(done);
    boolean hasData = part.content().isReadable() || (isLast && !hasTrailers);
    if (hasData) {
      stream.write(
          new DefaultHttp2DataFrame(part.content().retain(), isLast && !hasTrailers).stream(to),
          hasTrailers ? stream.newPromise() : written);
    }
    if (trailers != null && hasTrailers) {
      stream.write(
          new DefaultHttp2HeadersFrame(Http2Head.fields(trailers), true).stream(to), written);
    } else if (!hasData) {
      written.setSuccess();
    }
    part.release();
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public void read() {
    // It comes as far as the multiplexer's window goes.
  }

  @Override
  public void taken(int bytes) {
    stream.consumed(bytes);
  }

  @Override
  public void release() {
    if (isRequestWritten) {
      giveBack(-1);
    } else {
      abort(); // the service wants nothing of what is left of the request
    }
  }

  @Override
  void retire() {
    stream.write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    stream.flush();
    super.retire();
  }

  @Override
  public void abort() {
    Http2FrameStream given = exchange;
    if (!isReached || given == null) { // nobody is there to be told
      leavePool();
      tell(stream.eventLoop(), () -> RelayLeg.abort(stream));
      return;
    }
    stream.write(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(given));
    retire();
  }

  @Override
  public void join(RelayLeg visitor, Consumer<RelayEnd> onEnd) {
    throw new IllegalStateException("HTTP/2 switches to no other protocol");
  }

  // On the stream's loop.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      switch (message) {
        case Http2HeadersFrame frame when isExpected(frame.stream()) -> receiveHeaders(frame);
        case Http2DataFrame frame -> receiveData(ctx, frame);
        case Http2ResetFrame frame when isExpected(frame.stream()) ->
            fail(new ServiceResetException(error(frame.errorCode())));
        case Http2GoAwayFrame frame -> receiveGoAway(frame);
        default -> {} // settings, pings and the like, which the codec has answered
      }
    } catch (IllegalArgumentException e) { // a header field that cannot be
      fail(new ProtocolException("the local service sent no valid HTTP/2"));
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private boolean isExpected(@Nullable Http2FrameStream on) {
    return isExpecting() && on != null && on.equals(exchange);
  }

  private void receiveHeaders(Http2HeadersFrame frame) {
    if (hasHead) {
      if (frame.isEndStream()) {
        LastHttpContent last = new DefaultLastHttpContent();
        last.trailingHeaders().set(Http2Head.responseFields(frame.headers()));
        end(last);
      } else {
        fail(new ProtocolException("the local service sent a second head"));
      }
      return;
    }
    HttpResponseStatus status = status(frame.headers());
    boolean isInformational =
        status != null && status.codeClass().equals(HttpStatusClass.INFORMATIONAL);
    if (status == null
        || status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)
        || (isInformational && (frame.isEndStream() || ++informed > MAX_INFORMED))) {
      fail(new ProtocolException("the local service sent no valid status"));
      return;
    }
    HttpHeaders headers = Http2Head.responseFields(frame.headers());
    hasHead = !isInformational;
    handOver(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers));
    if (frame.isEndStream()) {
      end(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private static @Nullable HttpResponseStatus status(Http2Headers head) {
    try {
      return head.status() == null ? null : HttpResponseStatus.parseLine(head.status());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void receiveData(ChannelHandlerContext ctx, Http2DataFrame frame) {
    int flowBytes = frame.initialFlowControlledBytes();
    if (flowBytes > 0) {
      ctx.write(new DefaultHttp2WindowUpdateFrame(flowBytes).stream(frame.stream()));
    }
    if (!isExpected(frame.stream())) {
      return;
    }
    if (isToHead) { // it has no content, whatever the service thinks
      if (frame.isEndStream()) {
        end(new DefaultLastHttpContent());
      }
      return;
    }
    ByteBuf bytes = frame.content().retain();
    credit.content(bytes.readableBytes());
    if (frame.isEndStream()) {
      end(new DefaultLastHttpContent(bytes));
    } else {
      handOver(new DefaultHttpContent(bytes));
    }
  }

  private void end(LastHttpContent last) {
    hasHead = false;
    informed = 0;
    responseEnds();
    handOver(last);
  }

  private void receiveGoAway(Http2GoAwayFrame frame) {
    takesNoMore();
    Http2FrameStream current = exchange;
    if (isExpecting() && current != null && current.id() > frame.lastStreamId()) {
      fail(new ServiceResetException(Http2Error.REFUSED_STREAM));
    }
  }

  private static Http2Error error(long code) {
    Http2Error error = Http2Error.valueOf(code);
    return error == null ? Http2Error.INTERNAL_ERROR : error; // RFC 9113, section 7
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == StatusHandler.Event.CONNECTED) {
      isReached = true;
      reached();
    } else if (event == ChannelInputShutdownEvent.INSTANCE) {
      ended(new IOException("the local service ended the connection within its response"));
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended(new IOException("the connection to the local service closed within its response"));
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case Http2FrameStreamException e -> {
        if (isExpected(e.stream())) {
          fail(new ProtocolException("the local service sent no valid HTTP/2"));
        }
      }
      case Http2Exception _ -> ended(new ProtocolException("the local service speaks no HTTP/2"));
      default -> ended(cause);
    }
  }
}
