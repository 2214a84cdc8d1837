package dev.culvert.server.edge;

import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Route;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One connection to a local service: a stream that serves one exchange at a time, and waits in the
 * {@link UpstreamPool} between two of them.
 *
 * <p>This is where a visitor's event loop and the session's meet. The methods are for the user's
 * loop and hop to the stream's; what the stream brings is handed to the {@link User} on the user's
 * loop, in order. Where both are the same loop nothing is queued.
 */
abstract class PooledUpstream extends ChannelInboundHandlerAdapter implements Upstream {
  /** Who has the connection. */
  record Seat(User user, EventExecutor loop) {}

  private enum State {
    IDLE,
    BUSY,
    CLOSED
  }

  /** How long a connection that both sides have finished with may take to go away. */
  private static final long RETIREMENT_SECONDS = 5;

  final StreamChannel stream;
  private final UpstreamPool pool;
  private final Route route;
  private final AtomicReference<State> state = new AtomicReference<>(State.BUSY);
  private volatile Seat seat;
  private volatile boolean isExpecting = true; // something of a response
  private volatile boolean isEnded; // takes no further request

  // The pool's notes, written while the connection is idle.
  long idleSinceNanos;
  long idleLimitNanos = Long.MAX_VALUE;

  PooledUpstream(
      StreamChannel stream, UpstreamPool pool, Route route, User user, EventExecutor loop) {
    this.stream = stream;
    this.pool = pool;
    this.route = route;
    this.seat = new Seat(user, loop);
  }

  // For the user's loop.

  /** Takes an idle connection; false where it has closed meanwhile. */
  boolean take(User user, EventExecutor loop) {
    seat = new Seat(user, loop);
    isExpecting = true;
    if (state.compareAndSet(State.IDLE, State.BUSY)) {
      return true;
    }
    isExpecting = false; // what still comes is nobody's
    return false;
  }

  Seat seat() {
    return seat;
  }

  /**
   * Gives the connection to the pool.
   *
   * @param keepAliveSeconds how long the service keeps it; negative where it does not say
   */
  void giveBack(long keepAliveSeconds) {
    pool.release(route, this, keepAliveSeconds);
  }

  /** Puts the connection to rest; false where it cannot be used again. */
  boolean becomeIdle() {
    state.set(State.IDLE);
    stream.read(); // what comes now comes out of turn, and must not be the next request's answer
    return isUsable() || !state.compareAndSet(State.IDLE, State.CLOSED);
  }

  boolean isUsable() {
    return stream.isActive() && !isEnded;
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

  /** No exchange will have the connection any more. */
  void leavePool() {
    state.set(State.CLOSED);
  }

  // For the stream's loop.

  boolean isExpecting() {
    return isExpecting;
  }

  /** The response is complete with what is handed over next. */
  void responseEnds() {
    isExpecting = false;
  }

  /** The connection takes no further request; the one it has may go on. */
  void takesNoMore() {
    isEnded = true;
    closeIdle();
  }

  /** Hands a part of the response to the user, which takes it. */
  void handOver(HttpObject part) {
    Seat to = seat;
    if (to.loop().inEventLoop()) {
      to.user().onResponse(part);
      return;
    }
    try {
      to.loop().execute(() -> to.user().onResponse(part));
    } catch (RejectedExecutionException e) {
      ReferenceCountUtil.release(part); // the visitor's loop has stopped
    }
  }

  /** The local service has taken the connection. */
  void reached() {
    Seat to = seat;
    tell(to.loop(), to.user()::onReached);
  }

  void readComplete() {
    Seat to = seat;
    tell(to.loop(), to.user()::onReadComplete);
  }

  /** The connection is over, which is a failure within a response only. */
  void ended(Throwable cause) {
    isEnded = true;
    if (state.compareAndSet(State.IDLE, State.CLOSED)) {
      retire();
    } else if (state.get() == State.BUSY && isExpecting) {
      fail(cause);
    }
  }

  /** The response will not be completed. */
  void fail(Throwable cause) {
    isExpecting = false;
    Seat to = seat;
    tell(to.loop(), () -> to.user().onFailure(cause));
  }

  static void tell(EventExecutor loop, Runnable word) {
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
