package dev.culvert.bench.carrier;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** Asks the other end not to read, then sends without end. */
public final class Unread extends ChannelInboundHandlerAdapter {
  private static final int CHUNK_BYTES = 16 * 1024;

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(ctx.alloc().directBuffer(1).writeByte(Accepted.STOP), ctx.voidPromise());
    fill(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    fill(ctx);
  }

  private static void fill(ChannelHandlerContext ctx) {
    while (ctx.channel().isWritable()) {
      ctx.writeAndFlush(
          ctx.alloc().directBuffer(CHUNK_BYTES).writeZero(CHUNK_BYTES), ctx.voidPromise());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the other end is gone
  }
}
