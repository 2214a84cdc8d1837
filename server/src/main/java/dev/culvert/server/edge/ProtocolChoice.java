package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a visitor over TLS the protocol that was agreed on in the handshake (ALPN); HTTP/1 where
 * none was. Event loop only.
 */
final class ProtocolChoice extends ApplicationProtocolNegotiationHandler {
  private static final Logger logger = LoggerFactory.getLogger(ProtocolChoice.class);

  private final BiConsumer<Channel, String> http1;
  private final BiConsumer<Channel, String> http2;

  /** Each adds the handlers of its protocol, and is told the scheme. */
  ProtocolChoice(BiConsumer<Channel, String> http1, BiConsumer<Channel, String> http2) {
    super(ApplicationProtocolNames.HTTP_1_1);
    this.http1 = http1;
    this.http2 = http2;
  }

  @Override
  protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
    boolean isHttp2 = protocol.equals(ApplicationProtocolNames.HTTP_2);
    (isHttp2 ? http2 : http1).accept(ctx.channel(), "https");
  }

  @Override
  protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // TLS has told the visitor why
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    logger.debug("{} is cut: {}", ctx.channel(), cause.toString());
    RelayLeg.abort(ctx.channel());
  }
}
