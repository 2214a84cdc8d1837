package dev.culvert.bench.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A server that answers as a test says, so that a probe can be seen to fail. */
final class WrongApp implements AutoCloseable {
  private static final int MAX_BYTES = 4 << 20;

  private final EventLoops loops = new EventLoops("wrong-app", 1);
  private final int port;

  private WrongApp(ChannelInitializer<Channel> visitors) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Channel listener =
        new ServerBootstrap()
            .group(loops.group())
            .channel(NioServerSocketChannel.class)
            .childHandler(visitors)
            .bind(loopback, 0)
            .syncUninterruptibly()
            .channel();
    loops.own(listener);
    port = ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Answers each request so and closes; null is no answer. */
  static WrongApp answering(Function<FullHttpRequest, @Nullable FullHttpResponse> answer) {
    return new WrongApp(
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel visitor) {
            visitor
                .pipeline()
                .addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_BYTES))
                .addLast(new Answers(answer));
          }
        });
  }

  /** Upgrades every visitor, and answers each frame so; null is no answer. */
  static WrongApp framing(Function<WebSocketFrame, @Nullable WebSocketFrame> answer) {
    WebSocketServerProtocolConfig config =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath("/ws")
            .handleCloseFrames(false)
            .decoderConfig(
                WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(MAX_BYTES).build())
            .build();
    return new WrongApp(
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel visitor) {
            visitor
                .pipeline()
                .addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_BYTES))
                .addLast(new WebSocketServerProtocolHandler(config), new Frames(answer));
          }
        });
  }

  URI base() {
    return URI.create("http://wrong.localhost:" + port + "/");
  }

  @Override
  public void close() {
    loops.close();
  }

  private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Function<FullHttpRequest, @Nullable FullHttpResponse> answer;

    Answers(Function<FullHttpRequest, @Nullable FullHttpResponse> answer) {
      this.answer = answer;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      FullHttpResponse response = answer.apply(request);
      if (response != null) {
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
      }
    }
  }

  private static final class Frames extends SimpleChannelInboundHandler<WebSocketFrame> {
    private final Function<WebSocketFrame, @Nullable WebSocketFrame> answer;

    Frames(Function<WebSocketFrame, @Nullable WebSocketFrame> answer) {
      this.answer = answer;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
      WebSocketFrame echo = answer.apply(frame);
      if (echo != null) {
        ctx.writeAndFlush(echo).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      }
    }
  }
}
