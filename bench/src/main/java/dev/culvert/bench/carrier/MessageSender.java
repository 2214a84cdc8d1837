package dev.culvert.bench.carrier;

import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of one size, each a write and a flush, each after the write before it is complete:
 * what a blocking write in a loop is elsewhere. Drops what comes.
 */
public final class MessageSender extends ChannelInboundHandlerAdapter {
  private final int bytes;
  private final ChannelFutureListener next = this::written;
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable ByteBuf message;
  private long remaining;
  private boolean isLast;

  /** Sends when told to. */
  public MessageSender(int bytes) {
    this.bytes = bytes;
  }

  /** Sends {@code messages} as soon as it can, then finishes the stream. */
  public MessageSender(int bytes, long messages) {
    this.bytes = bytes;
    this.remaining = messages;
    this.isLast = true;
  }

  /** Sends more messages, after those it has been told of. Any thread, once the channel is open. */
  public void send(long messages) {
    ChannelHandlerContext context = ctx;
    if (context == null) {
      throw new IllegalStateException("the channel is not open yet");
    }
    context
        .executor()
        .execute(() -> {
          boolean isIdle = remaining == 0;
          remaining += messages;
          if (isIdle) {
            sendNext(context);
          }
        });
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    message = ByteBufAllocator.DEFAULT.directBuffer(Math.max(bytes, 1)).writeZero(bytes);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (isLast) {
      sendNext(ctx);
    }
  }

  private void sendNext(ChannelHandlerContext context) {
    if (remaining > 0 && message != null) {
      context.writeAndFlush(message.retainedDuplicate()).addListener(next);
    } else if (isLast && context.channel() instanceof StreamChannel stream) {
      stream.shutdownOutput();
    }
  }

  private void written(ChannelFuture done) {
    ChannelHandlerContext context = ctx;
    if (done.isSuccess() && context != null) {
      remaining--;
      sendNext(context);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) {
    ReferenceCountUtil.release(received);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the other end closed; whoever counts what came will miss something, if it did
  }
}
