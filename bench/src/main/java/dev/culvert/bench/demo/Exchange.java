package dev.culvert.bench.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.Consumer;

/** One request of the sample app and the way to answer it, exactly once. Event loop only. */
final class Exchange {
  static final String HTML = "text/html; charset=utf-8";
  static final String JSON = "application/json";
  static final String TEXT = "text/plain; charset=utf-8";

  private final Channel channel;
  private final HttpRequest request;
  private final Query query;
  private final Consumer<ChannelFuture> finish;

  /**
   * @param finish is given the write of the answer's last part
   */
  Exchange(Channel channel, HttpRequest request, Query query, Consumer<ChannelFuture> finish) {
    this.channel = channel;
    this.request = request;
    this.query = query;
    this.finish = finish;
  }

  Channel channel() {
    return channel;
  }

  HttpRequest request() {
    return request;
  }

  Query query() {
    return query;
  }

  boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  /**
   * Whether an answer may be chunked: HTTP/1.0 has no chunks, its bodies end with the connection.
   */
  boolean isChunkable() {
    return request.protocolVersion().isKeepAliveDefault();
  }

  /** A head without a body length, to be completed and sent. */
  HttpResponse head(HttpResponseStatus status, String contentType) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    if (!isChunkable() && HttpUtil.isKeepAlive(request)) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return head;
  }

  /** Answers in one piece. */
  void answer(HttpResponseStatus status, String contentType, String body) {
    answer(head(status, contentType), body);
  }

  /** Answers with a head of the caller's, whose length is set here. */
  void answer(HttpResponse head, String body) {
    ByteBuf content =
        isHead() ? Unpooled.EMPTY_BUFFER : ByteBufUtil.writeUtf8(channel.alloc(), body);
    HttpUtil.setContentLength(head, ByteBufUtil.utf8Bytes(body));
    send(head);
    end(new DefaultLastHttpContent(content));
  }

  /** Sends a head or a piece of the body, and flushes. */
  void send(HttpObject part) {
    channel.writeAndFlush(part).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /** Sends the last piece of the body. */
  void end(LastHttpContent last) {
    endsWith(channel.writeAndFlush(last));
  }

  /** Names the write that ends the answer, for a body that somebody else writes. */
  void endsWith(ChannelFuture lastWrite) {
    finish.accept(lastWrite);
  }
}
