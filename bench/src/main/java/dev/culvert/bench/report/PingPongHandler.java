package dev.culvert.bench.report;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends a small message when the last has come back, for a time. */
final class PingPongHandler extends ChannelInboundHandlerAdapter {
  private static final int MESSAGE_BYTES = 64;

  /** The round trips in nanoseconds, once the time is over. */
  final CompletableFuture<List<Long>> result = new CompletableFuture<>();

  private final List<Long> roundTrips = new ArrayList<>();
  private final long lastNanos;
  private long sentNanos;
  private int missingBytes;

  PingPongHandler(long nanos) {
    this.lastNanos = System.nanoTime() + nanos;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    send(ctx);
  }

  private void send(ChannelHandlerContext ctx) {
    missingBytes = MESSAGE_BYTES;
    sentNanos = System.nanoTime();
    ctx.writeAndFlush(ctx.alloc().directBuffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    missingBytes -= bytes.readableBytes();
    bytes.release();
    if (missingBytes > 0) {
      return;
    }
    long nowNanos = System.nanoTime();
    roundTrips.add(nowNanos - sentNanos);
    if (nowNanos - lastNanos < 0) {
      send(ctx);
    } else {
      result.complete(roundTrips);
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    result.completeExceptionally(cause);
  }
}
