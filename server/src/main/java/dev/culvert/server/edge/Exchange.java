package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayEnd;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.server.route.Route;
import dev.culvert.server.rules.Admission;
import dev.culvert.server.rules.RuleRefusal;
import dev.culvert.server.rules.Verdict;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.ProtocolException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response, between a {@link Visitor} and an {@link Upstream}, whatever either
 * speaks.
 *
 * <p>On the visitor's event loop. Nothing is asked of the local service before the rules for
 * visitors let the request pass; the admission is released with the exchange. Bodies stream both
 * ways at once; each way reads only as fast as the other side takes. A request is tried again, once
 * and on a new connection, only where it harmlessly may be and where that may help: it is
 * idempotent, without a body and went out on a connection that had been idle. A new connection that
 * fails is not tried again: the client has just dialled, and would only dial twice.
 */
final class Exchange implements Upstream.User {
  private static final Logger logger = LoggerFactory.getLogger(Exchange.class);

  /** Request bytes on their way to the stream before the visitor is read no more. */
  private static final int HIGH_BYTES = 128 * 1024;

  private final Visitor visitor;
  private final Reception reception;
  private final UpstreamPool pool;
  private final Route route;
  private final RequestHead head;
  private final ArrayDeque<HttpContent> waitingContent = new ArrayDeque<>();
  private @Nullable Admission admission; // once it has passed
  private @Nullable Upstream upstream;
  private boolean isReused;
  private boolean isRetried;
  private boolean isRequestEnded;
  private boolean hasSentBody;
  private boolean hasInformed;
  private boolean hasResponse; // its head has been written
  private boolean isSwitching;
  private boolean isOver;
  private int unwrittenBytes;

  Exchange(Visitor visitor, Reception reception, UpstreamPool pool, Route route, RequestHead head) {
    this.visitor = visitor;
    this.reception = reception;
    this.pool = pool;
    this.route = route;
    this.head = head;
  }

  void start() {
    reception.admit(visitor, route, head, this::decided);
  }

  private void decided(Verdict verdict) {
    switch (verdict) {
      case Verdict.Passed(Admission passed) -> {
        admission = passed;
        if (isOver) {
          passed.release(); // the visitor has left meanwhile
        } else {
          connect();
        }
      }
      case Verdict.Refused(RuleRefusal refusal) -> {
        if (!isOver) {
          refuse(HttpRefusal.of(refusal));
        }
      }
    }
  }

  private Admission admission() {
    if (admission == null) {
      throw new IllegalStateException("the request has not been let through");
    }
    return admission;
  }

  private void connect() {
    long maxIdleNanos = head.isIdempotent() ? Long.MAX_VALUE : UpstreamPool.FRESH_NANOS;
    Upstream idle = pool.take(route, maxIdleNanos, this, visitor.loop());
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
    pool.open(route, this, visitor.loop()).addListener((Future<Upstream> done) -> opened(done));
  }

  private void opened(Future<Upstream> done) {
    if (!done.isSuccess()) {
      if (!isOver) {
        refuse(ExchangeFailure.unopened(head.host(), done.cause()));
      }
    } else if (isOver) {
      done.getNow().abort();
    } else {
      send(done.getNow());
    }
  }

  private void send(Upstream target) {
    upstream = target;
    target.send(head.forwardedFor(visitor.address(), admission()));
    HttpContent content;
    while ((content = waitingContent.poll()) != null) {
      forward(target, content);
    }
    if (isOver) {
      return; // what has come of the body is too long already
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
    RuleRefusal tooLong = admission().receiveBody(bytes);
    if (tooLong != null) {
      content.release();
      bodyTooLong(tooLong);
      return;
    }
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

  private void bodyTooLong(RuleRefusal refusal) {
    if (upstream != null && (hasResponse || isSwitching)) {
      upstream.abort();
      onFailure(new ProtocolException(refusal.detail()));
    } else {
      fail(HttpRefusal.of(refusal));
    }
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
    boolean waitsForContinue = head.waitsToContinue() && !hasInformed && !hasSentBody;
    return !isOver
        && !isRequestEnded
        && upstream != null
        && unwrittenBytes == 0
        && !hasResponse
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
    } else {
      visitor.write(part);
      if (part instanceof LastHttpContent) {
        responseEnd();
      }
    }
  }

  private void responseHead(HttpResponse response) {
    HttpResponseStatus status = response.status();
    if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      switchProtocols(response);
      return;
    }
    if (status.codeClass().equals(HttpStatusClass.INFORMATIONAL)) {
      hasInformed = true;
    } else {
      hasResponse = true;
      admission().editResponse(response.headers());
    }
    visitor.write(response);
  }

  private void responseEnd() {
    if (!hasResponse || upstream == null) {
      throw new IllegalStateException("a response ended that has not started");
    }
    isOver = true;
    admission().release();
    visitor.flush();
    if (isRequestEnded) {
      upstream.release();
    } else {
      upstream.abort();
    }
    visitor.answered();
  }

  @Override
  public void onReadComplete() {
    if (!isOver && !isSwitching) {
      visitor.flush();
      readResponse();
    }
  }

  /** Reads on in the response while the visitor takes it. */
  void readResponse() {
    if (upstream != null && !isOver && !isSwitching && visitor.isWritable()) {
      upstream.read();
    }
  }

  private void switchProtocols(HttpResponse response) {
    if (!head.upgrade() || !isRequestEnded || upstream == null) {
      fail(ExchangeFailure.badUpgrade(head.host()));
      return;
    }
    isSwitching = true;
    Upstream target = upstream;
    visitor
        .switchProtocols(response)
        .addListener(done -> {
          if (done.isSuccess() && !isOver) {
            isOver = true;
            RelayLeg leg = visitor.leg();
            target.join(leg, this::upgradeEnded);
            visitor.giveUpPlace();
          } else {
            target.abort();
            over();
          }
        });
  }

  private void upgradeEnded(RelayEnd end) {
    admission().release();
    logger.debug("{} upgraded connection ended: {}", route, end);
  }

  // Failure.

  @Override
  public void onFailure(Throwable cause) {
    if (isOver) {
      return;
    }
    if (hasResponse || isSwitching) {
      logger.info("{} cut a response: {}", route, ExchangeFailure.reason(cause));
      over();
      visitor.abort(cause);
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
    visitor.answer(refusal);
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
    if (admission != null) {
      admission.release();
    }
    waitingContent.forEach(HttpContent::release);
    waitingContent.clear();
  }
}
