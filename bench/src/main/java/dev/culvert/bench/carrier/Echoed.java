package dev.culvert.bench.carrier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** Sends a message that comes back, again and again, each when the one before it is back whole. */
public final class Echoed extends ChannelInboundHandlerAdapter {
  private final int bytes;
  private final Tally returned;
  private @Nullable ChannelHandlerContext ctx;
  private long remaining;
  private int missing;

  /** {@code returned} counts messages. */
  public Echoed(int bytes, Tally returned) {
    this.bytes = bytes;
    this.returned = returned;
  }

  /** Sends the message {@code times} times more. Any thread, once the channel is open. */
  public void send(long times) {
    ChannelHandlerContext context = ctx;
    if (context == null) {
      throw new IllegalStateException("the channel is not open yet");
    }
    context
        .executor()
        .execute(() -> {
          remaining += times;
          sendNext(context);
        });
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  private void sendNext(ChannelHandlerContext context) {
    if (remaining == 0 || missing > 0) {
      return;
    }
    remaining--;
    missing = bytes;
    ByteBuf message = ByteBufAllocator.DEFAULT.directBuffer(bytes);
    message.setZero(0, bytes).writerIndex(bytes).setByte(0, Accepted.ECHO);
    context.writeAndFlush(message, context.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf part = (ByteBuf) message;
    missing -= part.readableBytes();
    part.release();
    if (missing == 0) {
      returned.add(1);
      sendNext(ctx);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    returned.fail(cause);
    ctx.close();
  }
}
