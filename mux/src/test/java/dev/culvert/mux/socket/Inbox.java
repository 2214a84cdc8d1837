package dev.culvert.mux.socket;

import dev.culvert.mux.netty.ByteSequence;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.concurrent.CompletableFuture;

/** What a channel has read: a {@link ByteSequence} from position 0, its end, and a failure. */
final class Inbox extends ChannelInboundHandlerAdapter {
  /** Completes at the end of input with the number of bytes before it. */
  final CompletableFuture<Long> end = new CompletableFuture<>();

  /** Completes with the first exception of the pipeline; {@link #end} tells which came first. */
  final CompletableFuture<Throwable> failure = new CompletableFuture<>();

  private long bytes;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      int length = read.readableBytes();
      ByteSequence.check(bytes, read);
      bytes += length;
    } finally {
      read.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      if (failure.isDone()) {
        end.completeExceptionally(failure.join());
      } else {
        end.complete(bytes);
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end.completeExceptionally(new IllegalStateException("closed before the end of input"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failure.complete(cause);
  }
}
