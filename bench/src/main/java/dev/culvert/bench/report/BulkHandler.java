package dev.culvert.bench.report;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sends without end, as fast as the channel takes it. */
final class BulkHandler extends ChannelInboundHandlerAdapter {
  private static final ByteBuf CHUNK =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(64 * 1024).writeZero(64 * 1024));

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    send(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    send(ctx);
  }

  private static void send(ChannelHandlerContext ctx) {
    while (ctx.channel().isWritable()) {
      ctx.writeAndFlush(CHUNK.duplicate(), ctx.voidPromise());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the session is over
  }
}
