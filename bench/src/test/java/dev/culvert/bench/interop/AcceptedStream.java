package dev.culvert.bench.interop;

import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;

/** What we do with a stream that the peer opens; event loop only. */
abstract sealed class AcceptedStream extends ChannelInboundHandlerAdapter {
  /** Sends back what it reads, and reads no more while that cannot be sent. */
  static final class Echo extends AcceptedStream {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write((ByteBuf) message);
      if (!ctx.channel().isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    void onInputEnd(ChannelHandlerContext ctx) {
      ((StreamChannel) ctx.channel()).shutdownOutput();
    }
  }

  /** Reads to the end, then sends as many bytes. */
  static final class Reply extends AcceptedStream {
    private long received;
    private PatternSender sender = new PatternSender(0, false);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      received += ((ByteBuf) message).readableBytes();
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      sender.send(ctx);
    }

    @Override
    void onInputEnd(ChannelHandlerContext ctx) {
      sender = new PatternSender(received, true);
      sender.send(ctx);
    }
  }

  /** Reads nothing before {@link #release(Channel)}, then echoes. */
  static final class Hold extends AcceptedStream {
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(false);
    }

    static void release(Channel channel) {
      channel.pipeline().replace(Hold.class, null, new Echo());
      channel.config().setAutoRead(true);
    }
  }

  /** Its input has ended in order. */
  void onInputEnd(ChannelHandlerContext ctx) {}

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      onInputEnd(ctx);
    }
  }
}
