package dev.culvert.client.local;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;

/** Gathers what a stream brings until it ends in order, or fails. */
final class StreamLog extends ChannelInboundHandlerAdapter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** All bytes, once the peer has finished; fails where the stream is cut. */
  final CompletableFuture<byte[]> whole = new CompletableFuture<>();

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    ByteBuf read = (ByteBuf) message;
    try {
      read.readBytes(bytes, read.readableBytes());
    } finally {
      read.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      whole.complete(bytes.toByteArray());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    whole.completeExceptionally(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    whole.completeExceptionally(new IllegalStateException("closed without an end"));
  }
}
