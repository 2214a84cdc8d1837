package dev.culvert.bench.demo;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of one connection, one after the other: a request is answered when its body
 * has passed, and the next is read when that answer is written.
 */
final class SampleRouter extends SimpleChannelInboundHandler<HttpObject> {
  /*
   * request is set from a head to the end of its body; answering from there until the last part of
   * the answer is written. Both never hold together, since reading is off while answering and the
   * FlowControlHandler before this one keeps back what was decoded already. Only so does a visitor
   * who has finished sending, whose end of input closes the connection, get a whole answer.
   */

  private static final int MAX_SLOW_MILLIS = 60_000;

  private final SamplePage page;
  private final Barriers barriers;
  private @Nullable HttpRequest request;
  private BodyDigest body = BodyDigest.ofLength();
  private @Nullable PatternBody download;
  private boolean answering;

  SampleRouter(SamplePage page, Barriers barriers) {
    this.page = page;
    this.barriers = barriers;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message instanceof HttpRequest head) {
      request = head;
      body = isUpload(head.method()) ? BodyDigest.ofSha256() : BodyDigest.ofLength();
      if (HttpUtil.is100ContinueExpected(head)) {
        ctx.writeAndFlush(
                new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER))
            .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      }
    }
    if (message instanceof HttpContent piece) {
      body.update(piece.content());
    }
    HttpRequest complete = request;
    if (complete == null) {
      return;
    }
    if (message.decoderResult().isFailure()) {
      request = null;
      refuse(ctx, complete, "not HTTP: " + message.decoderResult().cause().getMessage());
    } else if (message instanceof LastHttpContent) {
      request = null;
      answer(ctx, complete);
    }
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest complete) {
    answering = true;
    try {
      route(exchange(ctx, complete, Query.parse(complete.uri())));
    } catch (Query.BadQuery e) {
      exchange(ctx, complete, Query.EMPTY)
          .answer(HttpResponseStatus.BAD_REQUEST, Exchange.TEXT, e.getMessage() + "\n");
    }
    regulateReading(ctx);
  }

  private void refuse(ChannelHandlerContext ctx, HttpRequest broken, String reason) {
    Exchange exchange = exchange(ctx, broken, Query.EMPTY);
    HttpResponse head = exchange.head(HttpResponseStatus.BAD_REQUEST, Exchange.TEXT);
    head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    exchange.answer(head, reason + "\n");
  }

  private Exchange exchange(ChannelHandlerContext ctx, HttpRequest asked, Query query) {
    return new Exchange(ctx.channel(), asked, query, last -> onLastWrite(ctx, last));
  }

  private void route(Exchange exchange) {
    String path = exchange.query().path();
    switch (path) {
      case "/" -> page.answer(exchange);
      case "/ws" -> WebSocketEcho.upgrade(exchange, this);
      case "/headers" ->
          exchange.answer(HttpResponseStatus.OK, Exchange.JSON, SeenRequest.json(exchange));
      case "/echo" -> Echo.start(exchange, barriers);
      case "/slow" -> slow(exchange);
      case "/events" -> {
        if (allows(exchange, HttpMethod.GET, HttpMethod.HEAD)) {
          EventTicker.start(exchange);
        }
      }
      case "/download" -> {
        if (allows(exchange, HttpMethod.GET, HttpMethod.HEAD)) {
          download = Download.start(exchange);
          download.resume();
        }
      }
      case "/upload" -> {
        if (allows(exchange, HttpMethod.POST, HttpMethod.PUT)) {
          String answer = BodyDigest.json(body.bytes(), body.sha256Hex());
          exchange.answer(HttpResponseStatus.OK, Exchange.JSON, answer);
        }
      }
      default -> {
        if (path.startsWith("/status/")) {
          status(exchange, path.substring("/status/".length()));
        } else {
          exchange.answer(
              HttpResponseStatus.NOT_FOUND, Exchange.TEXT, "the sample app has no " + path + "\n");
        }
      }
    }
  }

  private static boolean isUpload(HttpMethod method) {
    return method.equals(HttpMethod.POST) || method.equals(HttpMethod.PUT);
  }

  private static boolean allows(Exchange exchange, HttpMethod... methods) {
    List<HttpMethod> allowed = List.of(methods);
    if (allowed.contains(exchange.request().method())) {
      return true;
    }
    HttpResponse head = exchange.head(HttpResponseStatus.METHOD_NOT_ALLOWED, Exchange.TEXT);
    String names = String.join(", ", allowed.stream().map(HttpMethod::name).toList());
    head.headers().set(HttpHeaderNames.ALLOW, names);
    exchange.answer(head, exchange.query().path() + " takes " + names + "\n");
    return false;
  }

  private static void slow(Exchange exchange) {
    long millis = exchange.query().number("millis", 1_000, 0, MAX_SLOW_MILLIS);
    String answer = "answered after " + millis + " ms\n";
    var _ =
        exchange
            .channel()
            .eventLoop()
            .schedule(
                () -> exchange.answer(HttpResponseStatus.OK, Exchange.TEXT, answer),
                millis,
                TimeUnit.MILLISECONDS);
  }

  private static void status(Exchange exchange, String code) {
    HttpResponseStatus status =
        HttpResponseStatus.valueOf((int) Query.bounded("status", code, 200, 599));
    exchange.answer(status, Exchange.TEXT, status + "\n");
  }

  private void onLastWrite(ChannelHandlerContext ctx, ChannelFuture lastWrite) {
    lastWrite.addListener(done -> {
      answering = false;
      download = null;
      regulateReading(ctx);
    });
  }

  private void regulateReading(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(!answering && ctx.channel().isWritable());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (download != null) {
      download.resume();
    }
    regulateReading(ctx);
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close();
  }
}
