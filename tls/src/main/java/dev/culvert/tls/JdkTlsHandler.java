package dev.culvert.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLEngine;

/**
 * TLS by the JDK, which does not tell the key exchange group, nor whether a session was resumed:
 * both are read off the ServerHello as it passes. Event loop only.
 */
final class JdkTlsHandler extends SslHandler {
  /** More than a ServerHello, a HelloRetryRequest before it included, can need. */
  private static final int MAX_BYTES = 8192;

  private ServerHello serverHello = ServerHello.UNREADABLE;

  JdkTlsHandler(SSLEngine engine) {
    super(engine);
  }

  /** Unreadable until the handshake is over, and where there was none to read. */
  ServerHello serverHello() {
    return serverHello;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    ctx.pipeline().addBefore(ctx.name(), null, new Reader());
    super.handlerAdded(ctx);
  }

  /** Stands between the socket and TLS until the server has sent its ServerHello. */
  private final class Reader extends ChannelDuplexHandler {
    private final ByteBuf sent = Unpooled.buffer(0, MAX_BYTES); // what the server sent, so far

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (engine().getUseClientMode()) {
        look(ctx, message);
      }
      ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (!engine().getUseClientMode()) {
        look(ctx, message);
      }
      ctx.write(message, promise);
    }

    private void look(ChannelHandlerContext ctx, Object message) {
      if (message instanceof ByteBuf bytes) {
        sent.writeBytes(bytes.slice(), Math.min(bytes.readableBytes(), sent.maxWritableBytes()));
      }
      ServerHello found = ServerHello.parse(sent);
      if (found != null || sent.maxWritableBytes() == 0) {
        serverHello = found == null ? ServerHello.UNREADABLE : found;
        ctx.pipeline().remove(this);
      }
    }
  }
}
