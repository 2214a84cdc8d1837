package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The responses of a visitor's connection in HTTP/1, and its orderly end behind the last of them.
 * Event loop only.
 */
final class Http1Output {
  /** How long a connection that is to close goes on reading, so that its last answer arrives. */
  private static final long LINGER_SECONDS = 2;

  private final VisitorCodec codec;
  private @Nullable ChannelHandlerContext ctx;
  private HttpVersion version = HttpVersion.HTTP_1_1; // of the request that is being answered
  private boolean isToHead;
  private KeepAlive keepAlive = KeepAlive.YES;

  Http1Output(VisitorCodec codec) {
    this.codec = codec;
  }

  /** {@code context} is where it is written. */
  void open(ChannelHandlerContext context) {
    ctx = context;
  }

  ChannelHandlerContext context() {
    if (ctx == null) {
      throw new IllegalStateException("the visitor has no pipeline yet");
    }
    return ctx;
  }

  /** A request is to be answered, which may yet turn out to be none. */
  void begin(HttpRequest request) {
    isToHead = request.method().equals(HttpMethod.HEAD);
    codec.answerHead(isToHead);
    version = HttpVersion.HTTP_1_1;
    keepAlive = HttpUtil.isKeepAlive(request) ? KeepAlive.YES : KeepAlive.NO;
  }

  /** It is one, and its visitor speaks that. */
  void understood(HttpVersion spoken) {
    version = spoken;
  }

  /** Whether another request can follow the one that is being answered. */
  KeepAlive keepAlive() {
    return keepAlive;
  }

  /** No other request can follow. */
  void closeAfter() {
    keepAlive = KeepAlive.NO;
  }

  void write(HttpObject part) {
    if (part instanceof HttpResponse response) {
      writeHead(response);
    } else {
      context().write(part);
    }
  }

  private void writeHead(HttpResponse response) {
    HttpResponse own = response.setProtocolVersion(HttpVersion.HTTP_1_1);
    if (!response.status().codeClass().equals(HttpStatusClass.INFORMATIONAL)) {
      keepAlive = ResponseFraming.tellEnd(own, version, isToHead, keepAlive);
      context().write(own);
    } else if (version.equals(HttpVersion.HTTP_1_1)) {
      var _ = writeWhole(own);
    } else {
      ReferenceCountUtil.release(own);
    }
  }

  /** A head that is all there is. */
  ChannelFuture writeWhole(HttpResponse response) {
    return context()
        .writeAndFlush(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                response.status(),
                Unpooled.EMPTY_BUFFER,
                response.headers(),
                EmptyHttpHeaders.INSTANCE));
  }

  /** The visitor without HTTP, as one leg of a relay. */
  RelayLeg leg() {
    Channel channel = context().channel();
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) { // its end is close_notify, not a FIN
      return RelayLeg.ofTls((SocketChannel) channel, tls::closeOutbound);
    }
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    return RelayLeg.of((DuplexChannel) channel);
  }

  /** Closes the connection in order, behind what was written. */
  void close() {
    RelayLeg.disarm(context().channel());
    context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Ends the output behind what was written, and closes a moment later. */
  void linger() {
    RelayLeg.disarm(context().channel());
    context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> end());
  }

  private void end() {
    SslHandler tls = context().pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else {
      ((DuplexChannel) context().channel()).shutdownOutput();
    }
    context().executor().schedule(() -> context().close(), LINGER_SECONDS, TimeUnit.SECONDS);
  }
}
