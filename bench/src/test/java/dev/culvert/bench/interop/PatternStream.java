package dev.culvert.bench.interop;

import static dev.culvert.bench.interop.PatternSender.PATTERN;
import static dev.culvert.bench.interop.PatternSender.PERIOD;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A stream that we open: sends a sequence of bytes, and checks that the same comes back; event loop
 * only.
 */
final class PatternStream extends ChannelInboundHandlerAdapter {
  private static final long PAUSE_MILLIS = 5;

  /** Completes with the bytes received, when the input has ended in order. */
  final CompletableFuture<Long> end = new CompletableFuture<>();

  /** Completes when something has been received. */
  final CompletableFuture<Void> started = new CompletableFuture<>();

  private final PatternSender sender;
  private final boolean isSlow;
  private long received;

  private PatternStream(PatternSender sender, boolean isSlow) {
    this.sender = sender;
    this.isSlow = isSlow;
  }

  /** Sends {@code bytes} and finishes. */
  static PatternStream of(long bytes) {
    return new PatternStream(new PatternSender(bytes, true), false);
  }

  /** The same, with a pause between reads. */
  static PatternStream slow(long bytes) {
    return new PatternStream(new PatternSender(bytes, true), true);
  }

  /** Sends {@code bytes} and leaves the stream open. */
  static PatternStream unfinished(long bytes) {
    return new PatternStream(new PatternSender(bytes, false), false);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (isSlow) {
      ctx.channel().config().setAutoRead(false);
      ctx.read();
    }
    sender.send(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    sender.send(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    byte[] part = ByteBufUtil.getBytes((ByteBuf) message);
    ReferenceCountUtil.release(message);
    for (int from = 0; from < part.length; ) {
      int at = (int) (received % PERIOD);
      int count = Math.min(PERIOD - at, part.length - from);
      if (!Arrays.equals(part, from, from + count, PATTERN, at, at + count)) {
        end.completeExceptionally(new AssertionError("wrong byte behind " + received));
      }
      received += count;
      from += count;
    }
    started.complete(null);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (isSlow) {
      ctx.executor().schedule(() -> ctx.read(), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      end.complete(received);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end.completeExceptionally(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end.completeExceptionally(new IllegalStateException("the stream closed without an end"));
  }
}
