package dev.culvert.bench.interop;

import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.CompletableFuture;

/**
 * Sends a sequence of bytes as fast as the stream takes it, finishes, and checks that the same
 * comes back; event loop only.
 */
final class PatternStream extends ChannelInboundHandlerAdapter {
  private static final int CHUNK_BYTES = 64 * 1024;

  /** Completes with the bytes received, when the input has ended in order. */
  final CompletableFuture<Long> end = new CompletableFuture<>();

  /** Completes when something has been received. */
  final CompletableFuture<Void> started = new CompletableFuture<>();

  private final long bytes;
  private final boolean finishes;
  private long sent;
  private long received;
  private boolean isFinished;

  private PatternStream(long bytes, boolean finishes) {
    this.bytes = bytes;
    this.finishes = finishes;
  }

  /** Sends {@code bytes} and finishes. */
  static PatternStream of(long bytes) {
    return new PatternStream(bytes, true);
  }

  /** Sends {@code bytes} and leaves the stream open. */
  static PatternStream unfinished(long bytes) {
    return new PatternStream(bytes, false);
  }

  static byte at(long position) {
    return (byte) (position * 31 + (position >> 8));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    send(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    send(ctx);
  }

  private void send(ChannelHandlerContext ctx) {
    while (sent < bytes && ctx.channel().isWritable()) {
      int count = (int) Math.min(CHUNK_BYTES, bytes - sent);
      byte[] chunk = new byte[count]; // byte by byte, a ByteBuf under leak detection takes minutes
      for (int i = 0; i < count; i++) {
        chunk[i] = at(sent + i);
      }
      sent += count;
      ctx.write(Unpooled.wrappedBuffer(chunk));
    }
    ctx.flush();
    if (sent == bytes && finishes && !isFinished) {
      isFinished = true;
      ((StreamChannel) ctx.channel()).shutdownOutput();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    byte[] part = ByteBufUtil.getBytes((ByteBuf) message);
    ReferenceCountUtil.release(message);
    for (byte actual : part) {
      if (actual != at(received++)) {
        end.completeExceptionally(new AssertionError("wrong byte at " + (received - 1)));
      }
    }
    started.complete(null);
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
