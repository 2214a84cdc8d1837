package dev.culvert.client.local;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads along with one connection, without a hand in it, and reports each request as it completes.
 * Event loop only.
 */
interface Watch {
  /** Sees the bytes that go to the service. */
  ChannelInboundHandler requestTap();

  /** Sees the bytes that come from the service. */
  ChannelInboundHandler responseTap();

  /** Whether there may be something to report yet. */
  boolean isWatching();

  /** There is no service to answer: the request is over as soon as its head has come. */
  void serviceUnreachable(String reason);

  /** The connection is over; {@code cause} is null where it ended in order. */
  void connectionEnded(@Nullable Throwable cause);

  /** Shows each buffer, which is borrowed, before it goes on. */
  static ChannelInboundHandler tap(Consumer<ByteBuf> watcher) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
          watcher.accept(bytes);
        }
        ctx.fireChannelRead(message);
      }
    };
  }
}
