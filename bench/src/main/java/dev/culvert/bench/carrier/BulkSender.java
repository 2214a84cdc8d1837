package dev.culvert.bench.carrier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Sends zeros as fast as the channel takes them, in writes of up to 64 KiB. Drops what comes. */
public final class BulkSender extends ChannelInboundHandlerAdapter {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final ByteBuf CHUNK =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(CHUNK_BYTES).writeZero(CHUNK_BYTES));

  private @Nullable ChannelHandlerContext ctx;
  private long remaining;

  /**
   * Sends {@code bytes} more; Long.MAX_VALUE is without end. Any thread, once the channel is open.
   */
  public void send(long bytes) {
    ChannelHandlerContext context = ctx;
    if (context == null) {
      throw new IllegalStateException("the channel is not open yet");
    }
    context
        .executor()
        .execute(() -> {
          remaining += bytes;
          fill(context);
        });
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    fill(ctx);
  }

  private void fill(ChannelHandlerContext context) {
    boolean isAny = false;
    while (remaining > 0 && context.channel().isWritable()) {
      int chunk = (int) Math.min(remaining, CHUNK_BYTES);
      remaining -= chunk;
      context.write(CHUNK.duplicate().writerIndex(chunk), context.voidPromise());
      isAny = true;
    }
    if (isAny) {
      context.flush();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) {
    ReferenceCountUtil.release(received);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    remaining = 0;
    ctx.close();
  }
}
