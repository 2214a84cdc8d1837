package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One visitor's connection in HTTP/2: its streams, each of them an {@link Http2Visitor}, and how
 * long the visitor may take. Event loop only.
 *
 * <p>All streams together have a window of {@value #WINDOW_BYTES} bytes; what else is bounded, and
 * how, is in {@link Http2Codec}.
 */
final class Http2Connection extends ChannelDuplexHandler {
  private static final Logger logger = LoggerFactory.getLogger(Http2Connection.class);

  private static final int WINDOW_BYTES = 1024 * 1024;

  private static final long FIRST_REQUEST_SECONDS = 10;
  private static final long NEXT_REQUEST_SECONDS = 75;

  private static final WriteBufferWaterMark STREAM_WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private final String scheme;
  private final Set<Http2Visitor> visitors = Collections.newSetFromMap(new IdentityHashMap<>());
  private int openStreams;
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Future<?> idling;
  private @Nullable Future<?> looking;

  private Http2Connection(String scheme) {
    this.scheme = scheme;
  }

  /** Makes {@code channel} such a connection. */
  static void addTo(Channel channel, Reception reception, String scheme) {
    Http2Connection connection = new Http2Connection(scheme);
    channel
        .pipeline()
        .addLast(
            Http2Codec.create(),
            new Http2MultiplexHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    stream.config().setAutoRead(false);
                    stream.config().setWriteBufferWaterMark(STREAM_WATER_MARK);
                    connection.opened(stream, new Http2Visitor(reception, connection));
                  }
                }),
            connection);
  }

  String scheme() {
    return scheme;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    ctx.writeAndFlush(
        new DefaultHttp2WindowUpdateFrame(WINDOW_BYTES - Http2CodecUtil.DEFAULT_WINDOW_SIZE));
    looking =
        ctx.executor()
            .scheduleWithFixedDelay(
                this::look,
                Http2Patience.LOOK_SECONDS,
                Http2Patience.LOOK_SECONDS,
                TimeUnit.SECONDS);
    idle(FIRST_REQUEST_SECONDS);
  }

  // Streams.

  private void opened(Channel stream, Http2Visitor visitor) {
    openStreams++;
    stopIdling();
    visitors.add(visitor);
    stream.closeFuture().addListener(done -> closed());
    stream.pipeline().addLast(visitor);
  }

  private void closed() {
    if (--openStreams == 0) {
      idle(NEXT_REQUEST_SECONDS);
    }
  }

  /** A stream has ended, or is no longer a request's. */
  void ended(Http2Visitor visitor) {
    visitors.remove(visitor);
  }

  private void idle(long seconds) {
    stopIdling();
    ChannelHandlerContext ctx = this.ctx;
    if (ctx != null) {
      idling = ctx.executor().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
    }
  }

  private void stopIdling() {
    if (idling != null) {
      idling.cancel(false);
      idling = null;
    }
  }

  private void look() {
    for (Http2Visitor visitor : new ArrayList<>(visitors)) {
      visitor.look();
    }
  }

  // The end.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(
        message); // settings, pings and the like, which the codec has answered
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopIdling();
    if (looking != null) {
      looking.cancel(false);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) == null) {
      logger.debug("{} is cut: {}", ctx.channel(), cause.toString());
      RelayLeg.abort(ctx.channel());
    } // else the codec tells the visitor with a GOAWAY, and closes behind it
  }
}
