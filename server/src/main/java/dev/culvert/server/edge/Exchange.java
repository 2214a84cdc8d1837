package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.server.route.Route;
import dev.culvert.server.visitor.ForwardedHeaders;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.ProtocolException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response, between a {@link Visitor} and an {@link Upstream}.
 *
 * <p>On the visitor's event loop. Bodies stream both ways at once; each way reads only as fast as
 * the other side takes. A request is tried again, once and on a new connection, only where it
 * harmlessly may be and where that may help: it is idempotent, without a body and went out on a
 * connection that had been idle. A new connection that fails is not tried again: the client has
 * just dialled, and would only dial twice.
 */
final class Exchange implements Upstream.User {
  private static final Logger logger = LoggerFactory.getLogger(Exchange.class);

  /** Request bytes on their way to the stream before the visitor is read no more. */
  private static final int HIGH_BYTES = 128 * 1024;

  private final Visitor visitor;
  private final UpstreamPool pool;
  private final Route route;
  private final RequestHead head;
  private final EventExecutor loop;
  private final ArrayDeque<HttpContent> waitingContent = new ArrayDeque<>();
  private @Nullable Upstream upstream;
  private boolean isReused;
  private boolean isRetried;
  private boolean isRequestEnded;
  private boolean hasSentBody;
  private boolean hasInformed;
  private boolean isSwitching;
  private boolean isOver;
  private int unwrittenBytes;

  private @Nullable ResponseFraming framing; // of the response, once it has started

  Exchange(Visitor visitor, UpstreamPool pool, Route route, RequestHead head) {
    this.visitor = visitor;
    this.pool = pool;
    this.route = route;
    this.head = head;
    this.loop = visitor.context().executor();
  }

  void start() {
    long maxIdleNanos = head.isIdempotent() ? Long.MAX_VALUE : UpstreamPool.FRESH_NANOS;
    Upstream idle = pool.take(route, maxIdleNanos, this, loop);
    if (idle != null) {
      isReused = true;
      send(idle);
    } else {
      open();
    }
  }

  private void open() {
    isReused = false;
    upstream = null;
    pool.open(route, this, loop).addListener(this::opened);
  }

  private void opened(Future<? super Upstream> done) {
    if (!done.isSuccess()) {
      if (!isOver) {
        refuse(ExchangeFailure.unopened(head.host(), done.cause()));
      }
    } else if (isOver) {
      ((Upstream) done.getNow()).abort();
    } else {
      send((Upstream) done.getNow());
    }
  }

  private void send(Upstream target) {
    upstream = target;
    target.write(head.toUpstream(visitor.address(), visitor.scheme()), done -> {});
    HttpContent content;
    while ((content = waitingContent.poll()) != null) {
      forward(target, content);
    }
    target.flush();
    target.read();
    visitor.readIfWanted();
  }

  // The request.

  /** Takes a part of the request's body. */
  void requestContent(HttpContent content) {
    if (content instanceof LastHttpContent last) {
      isRequestEnded = true;
      ForwardedHeaders.remove(last.trailingHeaders()); // some services take them for headers
    }
    if (isOver) {
      content.release();
    } else if (upstream == null) {
      waitingContent.add(content);
    } else {
      forward(upstream, content);
    }
  }

  private void forward(Upstream target, HttpContent content) {
    int bytes = content.content().readableBytes();
    hasSentBody |= bytes > 0;
    unwrittenBytes += bytes;
    target.write(
        content,
        done -> {
          unwrittenBytes -= bytes;
          if (!isOver) {
            visitor.readIfWanted();
          }
        });
  }

  void requestReadComplete() {
    if (upstream != null) {
      upstream.flush();
    }
  }

  /** False while what came of the request has yet to go its way. */
  boolean wantsRequest() {
    return isOver
        || (upstream != null && unwrittenBytes < HIGH_BYTES && !(head.upgrade() && isRequestEnded));
  }

  /**
   * Whether nothing goes on until the visitor sends more: all that came of the request is on its
   * way, and no answer has begun. A visitor that asked to be told to continue waits for that.
   */
  boolean owesRequest() {
    boolean waitsForContinue =
        head.headers().contains(HttpHeaderNames.EXPECT) && !hasInformed && !hasSentBody;
    return !isOver
        && !isRequestEnded
        && upstream != null
        && unwrittenBytes == 0
        && framing == null
        && !waitsForContinue;
  }

  /** The visitor has sent nothing more for too long. */
  void requestStalled() {
    fail(HttpRefusal.requestTimeout());
  }

  // The response.

  @Override
  public void onResponse(HttpObject part) {
    if (isOver) {
      ReferenceCountUtil.release(part);
    } else if (part instanceof HttpResponse response) {
      responseHead(response);
    } else if (part instanceof LastHttpContent last) {
      responseEnd(last);
    } else {
      visitor.context().write(part);
    }
  }

  private void responseHead(HttpResponse response) {
    HttpResponseStatus status = response.status();
    HttpHeaders headers = response.headers();
    if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      switchProtocols(response);
      return;
    }
    if (status.codeClass().equals(HttpStatusClass.INFORMATIONAL)) {
      informational(status, headers);
      return;
    }
    if (!ResponseFraming.isUnderstood(response)) {
      fail(ExchangeFailure.badResponse(head.host()));
      return;
    }
    framing = ResponseFraming.translate(head, response);
    headers.remove(RefusalPage.ERROR_HEADER);
    visitor.context().write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers));
  }

  private void informational(HttpResponseStatus status, HttpHeaders headers) {
    hasInformed = true;
    if (head.version().equals(HttpVersion.HTTP_1_1)) {
      HopByHop.remove(headers);
      headers.remove(RefusalPage.ERROR_HEADER);
      writeBodiless(status, headers);
    }
  }

  private ChannelFuture writeBodiless(HttpResponseStatus status, HttpHeaders headers) {
    return visitor
        .context()
        .writeAndFlush(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                Unpooled.EMPTY_BUFFER,
                headers,
                EmptyHttpHeaders.INSTANCE));
  }

  private void responseEnd(LastHttpContent last) {
    if (framing == null || upstream == null) {
      throw new IllegalStateException("a response ended that has not started");
    }
    isOver = true;
    visitor.context().writeAndFlush(last);
    if (!isRequestEnded) {
      upstream.abort();
    } else if (framing.isUpstreamReusable()) {
      pool.release(route, upstream, framing.upstreamSeconds());
    } else {
      upstream.retire();
    }
    boolean bodyMayNeverCome = !isRequestEnded && head.headers().contains(HttpHeaderNames.EXPECT);
    visitor.answered(bodyMayNeverCome ? KeepAlive.NO : framing.keepAlive());
  }

  @Override
  public void onReadComplete() {
    if (!isOver && !isSwitching) {
      visitor.context().flush();
      readResponse();
    }
  }

  /** Reads on in the response while the visitor takes it. */
  void readResponse() {
    if (upstream != null && !isOver && !isSwitching && visitor.context().channel().isWritable()) {
      upstream.read();
    }
  }

  private void switchProtocols(HttpResponse response) {
    if (!head.upgrade() || !isRequestEnded || upstream == null || visitor.hasSpokenEarly()) {
      fail(ExchangeFailure.badUpgrade(head.host()));
      return;
    }
    isSwitching = true;
    Upstream target = upstream;
    writeBodiless(response.status(), response.headers())
        .addListener(done -> {
          if (done.isSuccess() && !isOver) {
            isOver = true;
            RelayLeg leg = visitor.leg();
            target.join(leg, end -> logger.debug("{} upgraded connection ended: {}", route, end));
            visitor.giveUpPlace();
          } else {
            target.abort();
          }
        });
  }

  // Failure.

  @Override
  public void onFailure(Throwable cause) {
    if (isOver) {
      return;
    }
    if (framing != null || isSwitching) {
      logger.info("{} cut a response: {}", route, ExchangeFailure.reason(cause));
      over();
      visitor.abort();
    } else if (mayRetry(cause)) {
      isRetried = true;
      if (upstream != null) {
        upstream.abort();
      }
      if (isRequestEnded) {
        waitingContent.add(LastHttpContent.EMPTY_LAST_CONTENT);
      }
      open();
    } else {
      fail(ExchangeFailure.unanswered(head.host(), cause));
    }
  }

  private boolean mayRetry(Throwable cause) {
    return isReused
        && head.isIdempotent()
        && !isRetried
        && !hasSentBody
        && !hasInformed
        && !(cause instanceof ProtocolException);
  }

  private void fail(HttpRefusal refusal) {
    if (upstream != null) {
      upstream.abort();
    }
    refuse(refusal);
  }

  private void refuse(HttpRefusal refusal) {
    over();
    boolean keep =
        head.keepAlive()
            && !head.headers().contains(HttpHeaderNames.EXPECT)
            && !refusal.status().equals(HttpResponseStatus.REQUEST_TIMEOUT);
    visitor.answer(
        refusal, head.headers().get(HttpHeaderNames.ACCEPT), keep ? KeepAlive.YES : KeepAlive.NO);
  }

  /** The visitor has left: nobody waits for the response. */
  void visitorGone() {
    if (!isOver) {
      over();
      if (upstream != null) {
        upstream.abort();
      }
    }
  }

  private void over() {
    isOver = true;
    waitingContent.forEach(HttpContent::release);
    waitingContent.clear();
  }
}
