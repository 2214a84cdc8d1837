package dev.culvert.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 stream as bytes, once it has been turned into something else (RFC 8441, section 5).
 * Event loop only.
 */
final class Http2Bytes extends ChannelDuplexHandler {
  private @Nullable ChannelHandlerContext ctx;

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  /** Ends the output. */
  ChannelFuture finish() {
    if (ctx == null) {
      throw new IllegalStateException("the stream has not been turned yet");
    }
    return ctx.writeAndFlush(new DefaultHttp2DataFrame(true));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof Http2DataFrame frame) {
      if (frame.content().isReadable()) {
        ctx.fireChannelRead(frame.content());
      } else {
        frame.release();
      }
      if (frame.isEndStream()) {
        ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      }
    } else if (message instanceof Http2HeadersFrame frame && frame.isEndStream()) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ctx.write(new DefaultHttp2DataFrame((ByteBuf) message), promise);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame) { // which is not answered: the codec has to see it first
      IOException reset = new IOException("the visitor reset its stream");
      ctx.executor().execute(() -> ctx.fireExceptionCaught(reset));
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }
}
