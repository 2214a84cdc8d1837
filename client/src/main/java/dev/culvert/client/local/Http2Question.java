package dev.culvert.client.local;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;

/**
 * One GET over a connection of HTTP/2, of whose answer only the status matters. Event loop only.
 */
final class Http2Question extends Http2ChannelDuplexHandler {
  private final LocalTarget target;
  private final String path;
  private final Consumer<String> status;

  private Http2Question(LocalTarget target, String path, Consumer<String> status) {
    this.target = target;
    this.path = path;
    this.status = status;
  }

  /**
   * Adds what asks, at once, behind what the pipeline has.
   *
   * @param status hears the status, or nothing where the connection closes without one
   */
  static void ask(Channel service, LocalTarget target, String path, Consumer<String> status) {
    service
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings().pushEnabled(false))
                .gracefulShutdownTimeoutMillis(0)
                .build(),
            new Http2Question(target, path, status));
  }

  @Override
  protected void handlerAdded0(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(
        new DefaultHttp2HeadersFrame(
                new DefaultHttp2Headers()
                    .method("GET")
                    .scheme(target.scheme().isTls() ? "https" : "http")
                    .authority(target.hostHeader())
                    .path(path)
                    .set("user-agent", "culvert-health"),
                true)
            .stream(newStream()));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof Http2HeadersFrame frame && frame.headers().status() != null) {
      String text = frame.headers().status().toString();
      if (!text.startsWith("1")) {
        status.accept(text);
      }
    } else if (message instanceof Http2ResetFrame) {
      ctx.close();
    }
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
