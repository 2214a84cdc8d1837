package dev.culvert.server.edge;

import dev.culvert.mux.control.ServiceProtocol;
import dev.culvert.mux.netty.RelayEnd;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.SessionEndedException;
import dev.culvert.server.log.RequestTrace;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RoutePool;
import dev.culvert.server.rules.Admission;
import dev.culvert.server.rules.RuleRefusal;
import dev.culvert.server.rules.Verdict;
import dev.culvert.server.visitor.Requester;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.ProtocolException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response, between a {@link Visitor} and an {@link Upstream}, whatever either
 * speaks.
 *
 * <p>On the visitor's event loop. Nothing is asked of a local service before the rules of its
 * tunnel let the request pass; the admission is released with the exchange. Bodies stream both ways
 * at once; each way reads only as fast as the other side takes. See {@link Attempts} for when a
 * request is tried again, and where.
 */
final class Exchange implements Upstream.User {
  private static final Logger logger = LoggerFactory.getLogger(Exchange.class);

  private final Visitor visitor;
  private final Reception reception;
  private final UpstreamPool pool;
  private final Attempts attempts;
  private final RequestHead head;
  private final Requester requester;
  private final RequestTrace trace;
  private final RequestBody requestBody = new RequestBody();
  private final ResponseBody responseBody;
  private final ResponsePatience patience;
  private @Nullable Route route; // that has the request
  private @Nullable Admission admission; // once it has passed
  private @Nullable Upstream upstream;
  private boolean hasInformed;
  private boolean hasResponse; // its head has been written
  private boolean isSwitching;
  private boolean isOver;

  Exchange(
      Visitor visitor,
      Reception reception,
      UpstreamPool pool,
      RoutePool members,
      RequestHead head,
      Requester requester,
      RequestTrace trace) {
    this.visitor = visitor;
    this.reception = reception;
    this.pool = pool;
    this.attempts = new Attempts(members, head.isIdempotent());
    this.head = head;
    this.requester = requester;
    this.trace = trace;
    this.responseBody = new ResponseBody(visitor, trace);
    this.patience = new ResponsePatience(reception.patience().responseNanos(), this::responseLate);
  }

  void start() {
    Route first = attempts.first();
    if (first == null) {
      refuse(reception.absent(head.host())); // its last client has just left
    } else {
      goTo(first, this::connect);
    }
  }

  /** Does {@code next} with {@code route} once the rules of its tunnel let the request pass. */
  private void goTo(Route target, Consumer<Route> next) {
    route = target;
    trace.owner(target.owner());
    reception.admit(
        visitor,
        target,
        head,
        requester,
        verdict -> {
          leave(); // another member of the pool, which is not asked any more
          switch (verdict) {
            case Verdict.Passed(Admission passed) -> {
              admission = passed;
              if (isOver) {
                leave(); // the visitor has left meanwhile
              } else {
                next.accept(target);
              }
            }
            case Verdict.Refused(RuleRefusal refusal) -> {
              if (!isOver) {
                refuse(HttpRefusal.of(refusal));
              }
            }
          }
        });
  }

  private Admission admission() {
    if (admission == null) {
      throw new IllegalStateException("the request has not been let through");
    }
    return admission;
  }

  private void leave() {
    if (admission != null) {
      admission.release();
    }
  }

  private void connect(Route target) {
    if (head.upgrade() && target.service() != ServiceProtocol.HTTP_1) {
      refuse(ExchangeFailure.noUpgrade(head.host()));
      return;
    }
    boolean isRepeatable = head.isIdempotent() && !head.hasBody();
    long maxIdleNanos = isRepeatable ? Long.MAX_VALUE : UpstreamPool.FRESH_NANOS;
    Upstream idle = pool.take(target, maxIdleNanos, this, visitor.loop());
    if (idle != null) {
      attempts.reused();
      send(idle);
    } else {
      open(target);
    }
  }

  private void open(Route target) {
    upstream = null;
    pool.open(target, this, visitor.loop()).addListener((Future<Upstream> done) -> opened(done));
  }

  private void opened(Future<Upstream> done) {
    if (!done.isSuccess()) {
      if (!isOver) {
        Route other = attempts.afterUnopened(done.cause());
        if (other != null) {
          goTo(other, this::open);
        } else {
          refuse(ExchangeFailure.unopened(head.host(), done.cause()));
        }
      }
    } else if (isOver) {
      done.getNow().abort();
    } else {
      send(done.getNow());
    }
  }

  private void send(Upstream target) {
    upstream = target;
    target.send(head.forwardedFor(requester, admission()));
    HttpContent content;
    while ((content = requestBody.poll()) != null) {
      forward(target, content);
    }
    if (isOver) {
      return; // what has come of the body is too long already
    }
    target.flush();
    target.read();
    awaitResponse();
    visitor.readIfWanted();
  }

  // The request.

  /** Takes a part of the request's body. */
  void requestContent(HttpContent content) {
    trace.received(content.content().readableBytes());
    requestBody.received(content);
    if (isOver) {
      content.release();
    } else if (upstream == null || requestBody.isWaiting()) {
      requestBody.await(content); // in order, also where it comes while the others are written
    } else {
      forward(upstream, content);
    }
  }

  private void forward(Upstream target, HttpContent content) {
    RuleRefusal tooLong = admission().receiveBody(content.content().readableBytes());
    if (tooLong != null) {
      content.release();
      bodyTooLong(tooLong);
      return;
    }
    if (content instanceof LastHttpContent last && !last.trailingHeaders().isEmpty()) {
      admission().editTrailers(last.trailingHeaders());
    }
    requestBody.send(target, content, attempts.mayGoElsewhere(), this::requestWritten);
  }

  private void requestWritten() {
    if (!isOver) {
      awaitResponse();
      visitor.readIfWanted();
    }
  }

  private void bodyTooLong(RuleRefusal refusal) {
    if (upstream != null && (hasResponse || isSwitching)) {
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
    return isOver || (upstream != null && !requestBody.isHeldUp());
  }

  /**
   * Whether nothing goes on until the visitor sends more: all that came of the request is on its
   * way, and no answer has begun. A visitor that asked to be told to continue waits for that.
   */
  boolean owesRequest() {
    if (route != null && route.service() != ServiceProtocol.HTTP_1 && head.isGrpc()) {
      return false; // a call may be quiet for as long as both of its ends like
    }
    return !isOver
        && !requestBody.isEnded()
        && upstream != null
        && requestBody.isWritten()
        && !hasResponse
        && !waitsForContinue();
  }

  private boolean waitsForContinue() {
    return head.waitsToContinue() && !hasInformed && !requestBody.hasSentBytes();
  }

  /** Counts the time from now on if it is the service's turn. */
  private void awaitResponse() {
    boolean isOurs = !requestBody.isEnded() && !waitsForContinue();
    if (!isOurs && requestBody.isWritten() && !hasResponse && !isSwitching) {
      patience.start(visitor.loop());
    }
  }

  private void responseLate() {
    if (!isOver && !hasResponse && !isSwitching) {
      attempts.late();
      fail(ExchangeFailure.late(head.host(), reception.patience().response()));
    }
  }

  /** The visitor has sent nothing more for too long. */
  void requestStalled() {
    fail(HttpRefusal.requestTimeout());
  }

  /** The rest of the request cannot be read; false where it is too late to tell the visitor. */
  boolean refuseBody() {
    if (isOver || isSwitching || hasResponse) {
      return false;
    }
    fail(HttpRefusal.badRequest("Its body cannot be read."));
    return true;
  }

  @Override
  public void onReached() {
    requestBody.reached();
  }

  // The response.

  @Override
  public void onResponse(HttpObject part) {
    if (isOver) {
      ReferenceCountUtil.release(part);
    } else if (part instanceof HttpResponse response) {
      response.headers().remove(RefusalPage.ERROR_HEADER);
      responseHead(response);
    } else if (part instanceof HttpContent content) {
      if (content instanceof LastHttpContent last && !last.trailingHeaders().isEmpty()) {
        last.trailingHeaders().remove(RefusalPage.ERROR_HEADER);
      }
      responseBody.write(content, upstream);
      if (part instanceof LastHttpContent) {
        responseEnd();
      }
    } else {
      ReferenceCountUtil.release(part);
    }
  }

  private void responseHead(HttpResponse response) {
    attempts.answered();
    requestBody.forget();
    HttpResponseStatus status = response.status();
    if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      switchProtocols(response);
      return;
    }
    if (status.codeClass().equals(HttpStatusClass.SUCCESS) && head.isConnect()) {
      fail(ExchangeFailure.noWebSocket(head.host()));
      return;
    }
    if (status.codeClass().equals(HttpStatusClass.INFORMATIONAL)) {
      hasInformed = true;
      patience.stop();
      awaitResponse();
    } else {
      hasResponse = true;
      patience.stop();
      trace.status(status.code());
      admission().editResponse(response.headers());
      if (admission().mayCompress()) {
        responseBody.compressWith(
            ResponseCompressor.of(head, response, reception.compressionPlaces()));
      }
    }
    visitor.write(response);
  }

  private void responseEnd() {
    if (!hasResponse || upstream == null) {
      throw new IllegalStateException("a response ended that has not started");
    }
    isOver = true;
    trace.end();
    settle();
    visitor.flush();
    if (requestBody.isEnded()) {
      upstream.release();
    } else {
      upstream.abort();
    }
    visitor.answered();
  }

  @Override
  public void onReadComplete() {
    if (!isOver && !isSwitching) {
      responseBody.flush(upstream);
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
    if (!head.upgrade() || !requestBody.isEnded() || upstream == null) {
      fail(ExchangeFailure.badUpgrade(head.host()));
      return;
    }
    String key = head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "");
    if (head.isConnect() && !WebSocketKey.isAccepted(key, response.headers())) {
      fail(ExchangeFailure.noWebSocket(head.host()));
      return;
    }
    isSwitching = true;
    patience.stop();
    trace.status(response.status().code());
    Upstream target = upstream;
    visitor
        .switchProtocols(response)
        .addListener(done -> {
          if (done.isSuccess() && !isOver) {
            isOver = true;
            RelayLeg leg = visitor.leg();
            target.join(leg, this::relayed);
            visitor.giveUpPlace();
          } else {
            trace.gone();
            attempts.end();
            target.abort();
            over();
          }
        });
  }

  /** An upgraded connection is over. */
  private void relayed(RelayEnd end) {
    logger.debug("{} upgraded connection ended: {}", attempts, end);
    trace.received(end.leftToRightBytes());
    trace.sent(end.rightToLeftBytes());
    trace.end();
    settle();
  }

  // Failure.

  @Override
  public void onFailure(Throwable cause) {
    if (isOver) {
      return;
    }
    if (hasResponse || isSwitching) {
      logger.info("{} cut a response: {}", attempts, ExchangeFailure.reason(cause));
      cut(cause);
      return;
    }
    Route next = attempts.afterUnanswered(cause, isCommitted(cause));
    if (next == null && cause instanceof ServiceResetException && visitor.takesResets()) {
      cut(cause);
      return;
    }
    if (next == null) {
      boolean mayBeRepeated = head.isIdempotent() && cause instanceof SessionEndedException;
      fail(
          mayBeRepeated && reception.isStopping()
              ? HttpRefusal.stopping()
              : ExchangeFailure.unanswered(head.host(), cause));
      return;
    }
    patience.stop();
    if (upstream != null) {
      upstream.abort();
    }
    requestBody.rewind();
    upstream = null;
    if (next.equals(route)) {
      open(next);
    } else {
      goTo(next, this::open);
    }
  }

  /** Neither side is to take what there is for all of it. */
  private void cut(Throwable cause) {
    over();
    trace.cut();
    if (upstream != null) {
      upstream.abort();
    }
    visitor.abort(cause);
  }

  /** Whether something came of the request: an answer, or that some of its body cannot be had. */
  private boolean isCommitted(Throwable cause) {
    boolean isUnreached = cause instanceof LocalServiceException e && e.isUnreached();
    return hasInformed || (requestBody.hasSentBytes() && !(isUnreached && requestBody.isWhole()));
  }

  private void fail(HttpRefusal refusal) {
    if (upstream != null) {
      upstream.abort();
    }
    refuse(refusal);
  }

  private void refuse(HttpRefusal refusal) {
    over();
    refusal.tell(trace, head);
    visitor.answer(refusal);
  }

  /** The visitor has left: nobody waits for the response. */
  void visitorGone() {
    if (!isOver) {
      over();
      trace.gone();
      if (upstream != null) {
        upstream.abort();
      }
    }
  }

  /** Gives back what the request has had of the server. */
  private void settle() {
    patience.stop();
    attempts.end();
    leave();
    requestBody.forget();
    responseBody.close();
  }

  private void over() {
    isOver = true;
    settle();
    requestBody.release();
  }
}
