package dev.culvert.tls;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/**
 * Makes the peer's close_notify the end of input: {@link ChannelInputShutdownEvent}, as a FIN is on
 * a plain socket. A connection that ends without one goes inactive with no such event, and is cut.
 * Goes behind the {@link io.netty.handler.ssl.SslHandler}.
 */
@Sharable
public final class CloseNotifyHandler extends ChannelInboundHandlerAdapter {
  public static final CloseNotifyHandler INSTANCE = new CloseNotifyHandler();

  private CloseNotifyHandler() {}

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ctx.fireUserEventTriggered(event);
    if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }
}
