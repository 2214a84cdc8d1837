package dev.culvert.server.edge;

import dev.culvert.server.route.StreamOpener;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the visitors of one TCP tunnel on the event loop that the tunnel's connection is on, so that
 * bytes pass from the one to the other without changing threads. In the pipeline of the listening
 * channel; event loop only.
 */
final class TunnelAcceptor extends ChannelInboundHandlerAdapter {
  private static final Logger logger = LoggerFactory.getLogger(TunnelAcceptor.class);

  /**
   * How long nobody is accepted where the process is out of descriptors: trying again would spin.
   */
  private static final long PAUSE_MILLIS = 1000;

  private final StreamOpener opener;
  private final ChannelHandler initializer;

  /** {@code initializer}, which must be sharable, is added to each visitor's pipeline. */
  TunnelAcceptor(StreamOpener opener, ChannelHandler initializer) {
    this.opener = opener;
    this.initializer = initializer;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    SocketChannel visitor = (SocketChannel) message;
    try {
      visitor.config().setAutoRead(false);
      visitor.config().setAllowHalfClosure(true).setTcpNoDelay(true).setKeepAlive(true);
      visitor.pipeline().addLast(initializer);
      EventLoop loop = opener.loop();
      (loop == null ? ctx.channel().eventLoop() : loop)
          .register(visitor)
          .addListener(done -> {
            if (!done.isSuccess()) {
              refuse(ctx, visitor, done.cause());
            }
          });
    } catch (ChannelException e) {
      visitor.unsafe().closeForcibly(); // it has left already
    } catch (RuntimeException e) {
      refuse(ctx, visitor, e);
    }
  }

  private static void refuse(ChannelHandlerContext ctx, SocketChannel visitor, Throwable cause) {
    logger.warn("a visitor of {} was cut", ctx.channel().localAddress(), cause);
    visitor.unsafe().closeForcibly();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    logger.warn(
        "no visitor of {} was accepted: {}", ctx.channel().localAddress(), cause.toString());
    ChannelConfig config = ctx.channel().config();
    if (config.isAutoRead()) {
      config.setAutoRead(false);
      ctx.channel()
          .eventLoop()
          .schedule(() -> config.setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
