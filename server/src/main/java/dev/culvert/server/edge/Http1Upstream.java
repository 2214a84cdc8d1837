package dev.culvert.server.edge;

import dev.culvert.mux.netty.Relay;
import dev.culvert.mux.netty.RelayEnd;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Route;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** A connection that speaks HTTP/1.1, one request after the other (RFC 9112). */
final class Http1Upstream extends PooledUpstream {
  private final ResponseCredit credit;
  private final ServiceCodec codec;
  private final ArrayDeque<ByteBuf> afterSwitch = new ArrayDeque<>(); // stream's loop
  private volatile boolean isToHead;
  private volatile boolean isReusable; // by the response's head
  private volatile long keepAliveSeconds; // by the response's head
  private boolean isInformational; // stream's loop
  private boolean isSwitched; // stream's loop
  private boolean isRelaying; // stream's loop

  private Http1Upstream(
      StreamChannel stream,
      UpstreamPool pool,
      Route route,
      ResponseCredit credit,
      ServiceCodec codec,
      User user,
      EventExecutor loop) {
    super(stream, pool, route, user, loop);
    this.credit = credit;
    this.codec = codec;
  }

  /** Adds the codec and, behind it, such a connection. */
  static void addTo(
      StreamChannel stream,
      UpstreamPool pool,
      Route route,
      ResponseCredit credit,
      User user,
      EventExecutor loop) {
    ServiceCodec codec = new ServiceCodec();
    stream
        .pipeline()
        .addLast(codec, new Http1Upstream(stream, pool, route, credit, codec, user, loop));
  }

  // For the user's loop.

  @Override
  public void send(RequestHead head) {
    isToHead = head.isHead();
    stream.write(request(head));
  }

  private static HttpRequest request(RequestHead head) {
    HttpHeaders headers = head.headers();
    headers.set(HttpHeaderNames.HOST, head.host());
    if (head.hasBody() && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (head.upgrade()) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, head.method(), head.target(), headers);
  }

  @Override
  public void write(HttpContent part, GenericFutureListener<Future<? super Void>> done) {
    stream.write(part, new DefaultChannelPromise(stream, seat().loop()).addListener(done));
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public void read() {
    stream.read();
  }

  @Override
  public void taken(int bytes) {
    stream.consumed(bytes);
  }

  @Override
  public void release() {
    if (isReusable) {
      giveBack(keepAliveSeconds);
    } else {
      retire();
    }
  }

  @Override
  public void abort() {
    leavePool();
    tell(stream.eventLoop(), () -> RelayLeg.abort(stream));
  }

  @Override
  public void join(RelayLeg visitor, Consumer<RelayEnd> onEnd) {
    Relay.join(visitor, RelayLeg.of(stream), onEnd);
    stream.eventLoop().execute(this::giveUpPlace);
  }

  private void giveUpPlace() {
    isRelaying = true;
    ChannelHandlerContext ctx = stream.pipeline().context(this);
    ByteBuf bytes;
    while ((bytes = afterSwitch.poll()) != null) {
      if (ctx == null) {
        bytes.release();
      } else {
        ctx.fireChannelRead(bytes);
      }
    }
    if (ctx != null) {
      ctx.fireChannelReadComplete();
      stream.pipeline().remove(credit); // the relay gives it from now on
      stream.pipeline().remove(this);
    }
  }

  // On the stream's loop.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (isRelaying) {
      ctx.fireChannelRead(message);
    } else if (isSwitched) {
      if (message instanceof ByteBuf bytes) {
        credit.content(bytes.readableBytes());
        afterSwitch.add(bytes);
      } else {
        ReferenceCountUtil.release(message);
      }
    } else if (message instanceof HttpObject part) {
      receive(ctx, part);
    }
  }

  private void receive(ChannelHandlerContext ctx, HttpObject part) {
    if (!isExpecting()) {
      ReferenceCountUtil.release(part);
      abort(); // the service talks out of turn
      return;
    }
    if (part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(part);
      fail(new ProtocolException("the local service sent no valid HTTP"));
      return;
    }
    if (part instanceof HttpResponse response) {
      if (!ResponseFraming.isUnderstood(response)) {
        ReferenceCountUtil.release(part);
        fail(new ProtocolException("the local service sent an unknown transfer coding"));
        return;
      }
      receiveHead(ctx, response);
    } else if (part instanceof LastHttpContent) {
      if (isInformational) {
        ReferenceCountUtil.release(part); // the codec's, behind a 1xx
        return;
      }
      responseEnds();
      if (codec.hasSurplus()) {
        isReusable = false; // what is behind it could be taken for the next request's answer
      }
    }
    if (part instanceof HttpContent content) {
      credit.content(content.content().readableBytes());
    }
    handOver(part);
  }

  private void receiveHead(ChannelHandlerContext ctx, HttpResponse response) {
    HttpResponseStatus status = response.status();
    HttpHeaders headers = response.headers();
    isSwitched = status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    isInformational = status.codeClass().equals(HttpStatusClass.INFORMATIONAL);
    if (isSwitched) {
      ctx.pipeline().remove(codec);
      return;
    }
    isReusable = HttpUtil.isKeepAlive(response) && ResponseFraming.isFramed(response, isToHead);
    keepAliveSeconds = KeepAliveHeader.timeoutSeconds(headers);
    HopByHop.remove(headers);
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (isRelaying) {
      ctx.fireChannelReadComplete();
      return;
    }
    readComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == StatusHandler.Event.CONNECTED) {
      reached();
      return;
    }
    if (event == ChannelInputShutdownEvent.INSTANCE && !isRelaying) {
      ended(new IOException("the local service ended the connection within its response"));
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!isRelaying) {
      ended(new IOException("the connection to the local service closed within its response"));
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (isRelaying) {
      ctx.fireExceptionCaught(cause);
    } else {
      ended(cause);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf bytes;
    while ((bytes = afterSwitch.poll()) != null) {
      bytes.release();
    }
  }
}
