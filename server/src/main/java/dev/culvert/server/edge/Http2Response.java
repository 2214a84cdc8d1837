package dev.culvert.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one response. Event loop only.
 *
 * <p>The head waits for what comes behind it, or for a flush: a response without content is one
 * frame, as gRPC wants it where there is nothing but trailers.
 */
final class Http2Response {
  private final ChannelHandlerContext ctx;
  private final Http2Patience patience;
  private @Nullable Http2Headers waitingHead;
  private ChannelFuture written;

  /** A response that is written to {@code ctx}, the stream's last handler. */
  Http2Response(ChannelHandlerContext ctx, Http2Patience patience) {
    this.ctx = ctx;
    this.patience = patience;
    this.written = ctx.newSucceededFuture();
  }

  /** Writes a head; an informational one goes at once. */
  void head(HttpResponse response) {
    Http2Headers fields = Http2Head.response(response);
    if (response.status().codeClass().equals(HttpStatusClass.INFORMATIONAL)) {
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(fields));
    } else {
      waitingHead = fields;
    }
  }

  /** Takes content, which is left out where the response is to a HEAD. */
  void content(
      HttpContent content, boolean isToHead, GenericFutureListener<Future<? super Void>> done) {
    boolean isEmpty = isToHead || !content.content().isReadable();
    boolean isLast = content instanceof LastHttpContent;
    HttpHeaders trailers =
        content instanceof LastHttpContent last && !isToHead ? last.trailingHeaders() : null;
    boolean hasTrailers = trailers != null && !trailers.isEmpty();
    if (isLast && isEmpty && !hasTrailers && waitingHead != null) {
      content.release();
      writeWaitingHead(true);
      return;
    }
    writeWaitingHead(false);
    if (!isEmpty || (isLast && !hasTrailers)) {
      ByteBuf bytes = isEmpty ? Unpooled.EMPTY_BUFFER : content.content().retain();
      patience.written(bytes.readableBytes());
      written = ctx.write(new DefaultHttp2DataFrame(bytes, isLast && !hasTrailers));
      written.addListener(done);
    }
    content.release();
    if (trailers != null && hasTrailers) {
      written = ctx.write(new DefaultHttp2HeadersFrame(Http2Head.fields(trailers), true));
    }
  }

  private void writeWaitingHead(boolean isLast) {
    Http2Headers fields = waitingHead;
    if (fields != null) {
      waitingHead = null;
      written = ctx.write(new DefaultHttp2HeadersFrame(fields, isLast));
    }
  }

  void flush() {
    writeWaitingHead(false);
    ctx.flush();
  }

  /** Writes no head that has waited until now. */
  void dropHead() {
    waitingHead = null;
  }

  /** Is done when the visitor's windows have let all of it go, or will not. */
  ChannelFuture written() {
    return written;
  }
}
