package dev.culvert.tls;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLException;

/**
 * Makes the peer's close_notify the end of input, {@link ChannelInputShutdownEvent}, as a FIN is on
 * a plain socket. A FIN alone is none: anyone on the path can send one. Where the socket allows
 * half-closure it is told as an {@link SSLException}, else the connection goes inactive.
 *
 * <p>Goes behind the {@link SslHandler}. Event loop only.
 */
@Sharable
public final class CloseNotifyHandler extends ChannelInboundHandlerAdapter {
  public static final CloseNotifyHandler INSTANCE = new CloseNotifyHandler();

  private CloseNotifyHandler() {}

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      endOfSocket(ctx);
      return;
    }
    ctx.fireUserEventTriggered(event);
    if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  /** The socket's own end of input; behind close_notify it has been told already. */
  private static void endOfSocket(ChannelHandlerContext ctx) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls == null || !tls.engine().isInboundDone()) {
      ctx.fireExceptionCaught(new SSLException("the connection ended without close_notify"));
    }
  }
}
