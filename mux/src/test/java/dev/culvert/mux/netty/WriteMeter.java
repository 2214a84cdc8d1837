package dev.culvert.mux.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.CompletableFuture;

/** Measures how much memory written buffers hold that wait at a time. */
final class WriteMeter extends ChannelOutboundHandlerAdapter {
  private final CompletableFuture<Void> reached = new CompletableFuture<>();
  private volatile long markBytes = Long.MAX_VALUE;
  private volatile long mostBytes;
  private long waitingBytes;

  /** The most that was held at any time. */
  long mostBytes() {
    return mostBytes;
  }

  /** Completes when as many bytes are held, or have been. */
  CompletableFuture<Void> reached(long bytes) {
    markBytes = bytes;
    if (mostBytes >= bytes) {
      reached.complete(null);
    }
    return reached;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    int bytes = ((ByteBuf) message).capacity();
    waitingBytes += bytes;
    if (waitingBytes > mostBytes) {
      mostBytes = waitingBytes;
    }
    if (waitingBytes >= markBytes) {
      reached.complete(null);
    }
    ChannelPromise written = ctx.newPromise();
    written.addListener(done -> {
      waitingBytes -= bytes;
      if (done.isSuccess()) {
        promise.trySuccess();
      } else {
        promise.tryFailure(done.cause());
      }
    });
    ctx.write(message, written);
  }
}
