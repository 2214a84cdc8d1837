package dev.culvert.mux.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.CompletableFuture;

/** Hears of the end of a channel's input before a relay is joined to it. */
final class InputEnd extends ChannelInboundHandlerAdapter {
  private final CompletableFuture<Boolean> seen = new CompletableFuture<>();

  /** Reads {@code channel} until its input ends; returns when it has. */
  static void await(DuplexChannel channel) throws Exception {
    InputEnd end = new InputEnd();
    channel.pipeline().addFirst(end);
    channel.read();
    Patience.await(end.seen);
    channel.pipeline().remove(end);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (((DuplexChannel) ctx.channel()).isInputShutdown()) {
      seen.complete(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      seen.complete(true);
    }
    ctx.fireUserEventTriggered(event);
  }
}
