package dev.culvert.bench.demo;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.flow.FlowControlHandler;

/**
 * Sends every message of a WebSocket back: fragments as one message, a ping as its pong, a close
 * with its own code. Reads no further while the visitor does not take the echo.
 */
final class WebSocketEcho extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** Answers a complete request to {@code /ws}, and takes the pipeline over from the router. */
  static void upgrade(Exchange exchange, ChannelHandler router) {
    HttpRequest request = exchange.request();
    if (!request.method().equals(HttpMethod.GET)
        || !request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        || !request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
      refuse(exchange, "this is a WebSocket echo: ask with Upgrade: websocket\n");
      return;
    }
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshakerFactory(
                request.uri(),
                null,
                WebSocketDecoderConfig.newBuilder()
                    .maxFramePayloadLength(MAX_MESSAGE_BYTES)
                    .build())
            .newHandshaker(request);
    if (handshaker == null) {
      refuse(exchange, "unknown Sec-WebSocket-Version: this echo speaks version 13\n");
      return;
    }
    ChannelPipeline pipeline = exchange.channel().pipeline();
    pipeline.remove(HttpServerKeepAliveHandler.class);
    exchange.endsWith(
        handshaker.handshake(
            exchange.channel(),
            new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                EmptyHttpHeaders.INSTANCE),
            EmptyHttpHeaders.INSTANCE,
            exchange.channel().newPromise()));
    pipeline.addLast(
        new Utf8FrameValidator(),
        new WebSocketFrameAggregator(MAX_MESSAGE_BYTES),
        new WebSocketEcho());
    pipeline.remove(router);
    pipeline.remove(FlowControlHandler.class);
  }

  private static void refuse(Exchange exchange, String reason) {
    HttpResponse head = exchange.head(HttpResponseStatus.UPGRADE_REQUIRED, Exchange.TEXT);
    head.headers()
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
    exchange.answer(head, reason);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame text ->
          ctx.writeAndFlush(text.retain()).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      case BinaryWebSocketFrame bytes ->
          ctx.writeAndFlush(bytes.retain()).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      case PingWebSocketFrame ping ->
          ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()))
              .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      case CloseWebSocketFrame close ->
          ctx.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
      default -> {}
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof TooLongFrameException) {
      ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.MESSAGE_TOO_BIG))
          .addListener(ChannelFutureListener.CLOSE);
    } else {
      var _ = ctx.close();
    }
  }
}
