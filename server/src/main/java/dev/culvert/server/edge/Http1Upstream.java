package dev.culvert.server.edge;

import dev.culvert.mux.netty.Relay;
import dev.culvert.mux.netty.RelayEnd;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Route;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One connection to a local service: a stream that speaks HTTP/1.1, one request at a time.
 *
 * <p>This is where a visitor's event loop and the session's meet. The methods are for the user's
 * loop and hop to the stream's; what the stream brings is handed to the {@link User} on the user's
 * loop, in order. Where both are the same loop nothing is queued.
 */
final class Http1Upstream extends ChannelInboundHandlerAdapter implements Upstream {
  private record Seat(User user, EventExecutor loop) {}

  private enum State {
    IDLE,
    BUSY,
    CLOSED
  }

  /** How long a connection that both sides have finished with may take to go away. */
  private static final long RETIREMENT_SECONDS = 5;

  private final StreamChannel stream;
  private final UpstreamPool pool;
  private final Route route;
  private final ResponseCredit credit;
  private final ServiceCodec codec;
  private final AtomicReference<State> state = new AtomicReference<>(State.BUSY);
  private final ArrayDeque<ByteBuf> afterSwitch = new ArrayDeque<>(); // stream's loop
  private volatile Seat seat;
  private volatile boolean isExpecting = true;
  private volatile boolean isInputEnded;
  private volatile boolean isToHead;
  private volatile boolean isReusable; // by the response's head
  private volatile long keepAliveSeconds; // by the response's head
  private boolean isInformational; // stream's loop
  private boolean isSwitched; // stream's loop
  private boolean isRelaying; // stream's loop

  // The pool's notes, written while the connection is idle.
  long idleSinceNanos;
  long idleLimitNanos = Long.MAX_VALUE;

  Http1Upstream(
      StreamChannel stream,
      UpstreamPool pool,
      Route route,
      ResponseCredit credit,
      ServiceCodec codec,
      User user,
      EventExecutor loop) {
    this.stream = stream;
    this.pool = pool;
    this.route = route;
    this.credit = credit;
    this.codec = codec;
    this.seat = new Seat(user, loop);
  }

  // For the user's loop.

  /** Takes an idle connection; false where it has closed meanwhile. */
  boolean take(User user, EventExecutor loop) {
    Seat taken = new Seat(user, loop);
    seat = taken;
    isExpecting = true;
    if (state.compareAndSet(State.IDLE, State.BUSY)) {
      return true;
    }
    isExpecting = false; // what still comes is nobody's
    return false;
  }

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
    stream.write(part, new DefaultChannelPromise(stream, seat.loop()).addListener(done));
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
      pool.release(route, this, keepAliveSeconds);
    } else {
      retire();
    }
  }

  /** Puts the connection to rest; false where it cannot be used again. */
  boolean becomeIdle() {
    state.set(State.IDLE);
    stream.read(); // what comes now comes out of turn, and must not be the next request's answer
    return isUsable() || !state.compareAndSet(State.IDLE, State.CLOSED);
  }

  boolean isUsable() {
    return stream.isActive() && !isInputEnded;
  }

  /** Ends the connection in order: nothing more will be sent, and what still comes is dropped. */
  void retire() {
    state.set(State.CLOSED);
    stream.config().setAutoRead(true);
    stream.shutdownOutput();
    Future<?> patience =
        stream.eventLoop().schedule(() -> stream.close(), RETIREMENT_SECONDS, TimeUnit.SECONDS);
    stream.closeFuture().addListener(done -> patience.cancel(false));
  }

  /** Closes the connection if nobody has taken it. */
  void closeIdle() {
    if (state.compareAndSet(State.IDLE, State.CLOSED)) {
      retire();
    }
  }

  @Override
  public void abort() {
    state.set(State.CLOSED);
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
    if (!isExpecting) {
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
      isExpecting = false;
      if (codec.hasSurplus()) {
        isReusable = false; // what is behind it could be taken for the next request's answer
      }
    }
    if (part instanceof HttpContent content) {
      credit.content(content.content().readableBytes());
    }
    Seat to = seat;
    if (to.loop().inEventLoop()) {
      to.user().onResponse(part);
    } else {
      handOver(to, part);
    }
  }

  private void receiveHead(ChannelHandlerContext ctx, HttpResponse response) {
    HttpResponseStatus status = response.status();
    HttpHeaders headers = response.headers();
    isSwitched = status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    isInformational = status.codeClass().equals(HttpStatusClass.INFORMATIONAL);
    headers.remove(RefusalPage.ERROR_HEADER);
    if (isSwitched) {
      ctx.pipeline().remove(codec);
      return;
    }
    isReusable = HttpUtil.isKeepAlive(response) && ResponseFraming.isFramed(response, isToHead);
    keepAliveSeconds = KeepAliveHeader.timeoutSeconds(headers);
    HopByHop.remove(headers);
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
  }

  private static void handOver(Seat to, HttpObject part) {
    try {
      to.loop().execute(() -> to.user().onResponse(part));
    } catch (RejectedExecutionException e) {
      ReferenceCountUtil.release(part); // the visitor's loop has stopped
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (isRelaying) {
      ctx.fireChannelReadComplete();
      return;
    }
    Seat to = seat;
    tell(to.loop(), to.user()::onReadComplete);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == StatusHandler.Event.CONNECTED) {
      Seat to = seat;
      tell(to.loop(), to.user()::onReached);
      return;
    }
    if (event == ChannelInputShutdownEvent.INSTANCE && !isRelaying) {
      isInputEnded = true;
      ended(new IOException("the local service ended the connection within its response"));
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!isRelaying) {
      isInputEnded = true;
      ended(new IOException("the connection to the local service closed within its response"));
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (isRelaying) {
      ctx.fireExceptionCaught(cause);
    } else {
      isInputEnded = true;
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

  private void ended(Throwable cause) {
    if (state.compareAndSet(State.IDLE, State.CLOSED)) {
      retire();
    } else if (state.get() == State.BUSY && isExpecting) {
      fail(cause);
    }
  }

  private void fail(Throwable cause) {
    isExpecting = false;
    Seat to = seat;
    tell(to.loop(), () -> to.user().onFailure(cause));
  }

  private static void tell(EventExecutor loop, Runnable word) {
    if (loop.inEventLoop()) {
      word.run();
      return;
    }
    try {
      loop.execute(word);
    } catch (RejectedExecutionException e) {
      // That loop has stopped, and closed its connections: nobody is there to hear.
    }
  }
}
