package dev.culvert.mux.netty;

import dev.culvert.mux.MemoryBudget;
import dev.culvert.mux.Role;
import dev.culvert.mux.Session;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.SessionListener;
import dev.culvert.mux.Stream;
import dev.culvert.mux.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives one {@link Session} on one connection's event loop.
 *
 * <p>Goes last in the connection's pipeline, behind TLS, once TLS has shaken hands (before that an
 * SslHandler of Netty 4.2.18 never returns from the flush of a large batch). Bytes read go into the
 * session; output is gathered into one contiguous buffer at a time, but for frames that are buffers
 * of their streams' own, while the connection is writable, and flushed once per read cycle or, for
 * output that arises elsewhere, once per turn of the event loop.
 *
 * <p>{@link #open} may be called from any thread; all else happens on the event loop.
 */
public final class MuxHandler extends ChannelInboundHandlerAdapter {
  /** Output gathered per write: four full frames, which four TLS records carry. */
  private static final int BATCH_BYTES = 64 * 1024;

  /** How long the connection of an ended session may take for what is still to be sent. */
  private static final long FAREWELL_SECONDS = 10;

  private final Role role;
  private final SessionConfig config;
  private final ChannelHandler acceptor;
  private final Consumer<SessionEvent> events;
  private final ArrayDeque<StreamChannel> inReadCycle = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Session session;
  private @Nullable Future<?> timer;
  private long timerNanos;
  private boolean isReading;
  private boolean isPumping;
  private boolean isPumpScheduled;
  private boolean isClosing;

  /**
   * A handler for one connection.
   *
   * @param acceptor added to the pipeline of each stream that the peer opens; must be sharable
   * @param events hears of the session on its event loop
   */
  public MuxHandler(
      Role role, SessionConfig config, ChannelHandler acceptor, Consumer<SessionEvent> events) {
    this.role = role;
    this.config = config;
    this.acceptor = acceptor;
    this.events = events;
  }

  /**
   * Opens a stream; {@code initializer} is added to its pipeline. Any thread.
   *
   * @return the registered channel, which can be written at once; fails where the session opens no
   *     more streams
   */
  public Future<StreamChannel> open(ChannelHandler initializer) {
    ChannelHandlerContext context = context();
    Promise<StreamChannel> promise = context.executor().newPromise();
    if (context.executor().inEventLoop()) {
      open(initializer, promise);
    } else {
      context.executor().execute(() -> open(initializer, promise));
    }
    return promise;
  }

  private void open(ChannelHandler initializer, Promise<StreamChannel> promise) {
    if (!promise.setUncancellable()) {
      return; // nobody waits any more
    }
    if (!session().canOpen()) {
      promise.setFailure(new StreamLimitException(session().toString()));
      if (session().isOutOfIds()) {
        session().close("the stream ids are used up");
      }
      return;
    }
    StreamChannel channel = new StreamChannel(this, context().channel());
    try {
      channel.pipeline().addLast(initializer);
    } catch (RuntimeException e) {
      promise.setFailure(e);
      return;
    }
    channel.attach(session().open(channel.listener()));
    context().channel().eventLoop().register(channel);
    promise.setSuccess(channel);
  }

  /** The session, for questions and commands. Event loop only. */
  public Session session() {
    if (session == null) {
      throw new IllegalStateException("the handler is not in a pipeline yet");
    }
    return session;
  }

  private ChannelHandlerContext context() {
    if (ctx == null) {
      throw new IllegalStateException("the handler is not in a pipeline yet");
    }
    return ctx;
  }

  private long nowNanos() {
    return context().executor().ticker().nanoTime();
  }

  /** Ends the session: says so to the peer, then closes the connection. Any thread. */
  public void close(String reason) {
    ChannelHandlerContext context = context();
    if (context.executor().inEventLoop()) {
      session().close(reason);
    } else {
      context.executor().execute(() -> session().close(reason));
    }
  }

  // The connection.

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    this.session = new Session(role, config, MemoryBudget.PROCESS, new Owner(), nowNanos());
    schedule();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    isReading = true;
    session().receive((ByteBuf) message, nowNanos());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    isReading = false;
    StreamChannel stream;
    while ((stream = inReadCycle.poll()) != null) {
      stream.endReadCycle();
    }
    pump();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    pump();
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    isReading = false;
    session().transportLost("the connection was closed", null);
    stopTimer();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      session().transportLost(String.valueOf(cause.getMessage()), cause);
      ctx.close();
    } else {
      session().fail(cause);
    }
  }

  /** A stream has fired reads and wants {@link StreamChannel#endReadCycle} when they are over. */
  void readCycleStarted(StreamChannel stream) {
    inReadCycle.add(stream);
    if (!isReading) {
      schedulePump();
    }
  }

  private void schedulePump() {
    if (!isPumpScheduled) {
      isPumpScheduled = true;
      context()
          .executor()
          .execute(() -> {
            isPumpScheduled = false;
            channelReadCompleteOfStreams();
            pump();
          });
    }
  }

  private void channelReadCompleteOfStreams() {
    for (int i = inReadCycle.size(); i > 0; i--) {
      inReadCycle.remove().endReadCycle();
    }
  }

  /** Moves output to the connection while it can take more, and flushes once. */
  private void pump() {
    if (isPumping) {
      return;
    }
    isPumping = true;
    try {
      boolean wrote = false;
      while (session().hasOutput() && context().channel().isWritable()) {
        wrote |= writeBatch();
      }
      if (wrote) {
        context().flush();
        if (session().hasOutput() && context().channel().isWritable()) {
          schedulePump(); // the flush made room, and channelWritabilityChanged came to no effect
        }
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      session().fail(e);
    } finally {
      isPumping = false;
    }
    if (session().isOpen()) {
      schedule();
    } else if (!session().hasOutput()) {
      closeConnection();
    }
  }

  /** Closes the connection behind all that was written, or at once where nothing gets through. */
  private void closeConnection() {
    if (session().end() instanceof SessionEnd.TransportLost) {
      context().close();
    } else if (!isClosing) {
      isClosing = true;
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> context().close());
    }
  }

  private boolean writeBatch() {
    ByteBuf frame = session().pollFrame(nowNanos());
    if (frame != null) {
      context().write(frame);
      return true;
    }
    ByteBuf batch = context().alloc().directBuffer(BATCH_BYTES);
    boolean written = false;
    try {
      written = session().pollOutput(batch, BATCH_BYTES, nowNanos()) > 0;
    } finally {
      if (!written) {
        batch.release();
      }
    }
    if (written) {
      context().write(batch);
    }
    return written;
  }

  // The keepalive timer: one pending task, moved only when it would come too late.

  private void schedule() {
    long deadlineNanos = session().deadlineNanos();
    if (timer != null && deadlineNanos - timerNanos >= 0) {
      return;
    }
    stopTimer();
    timerNanos = deadlineNanos;
    timer =
        context()
            .executor()
            .schedule(this::onTimer, deadlineNanos - nowNanos(), TimeUnit.NANOSECONDS);
  }

  private void onTimer() {
    timer = null;
    long nowNanos = nowNanos();
    if (session().isOpen() && session().deadlineNanos() - nowNanos <= 0) {
      session().onTimeout(nowNanos);
    }
    pump();
  }

  private void startFarewell() {
    stopTimer();
    timer =
        context().executor().schedule(() -> context().close(), FAREWELL_SECONDS, TimeUnit.SECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private final class Owner implements SessionListener {
    @Override
    public StreamListener onStream(Stream stream) {
      StreamChannel channel = new StreamChannel(MuxHandler.this, context().channel());
      channel.attach(stream);
      channel.pipeline().addLast(acceptor);
      context().channel().eventLoop().register(channel);
      return channel.listener();
    }

    @Override
    public void onEvent(SessionEvent event) {
      if (event instanceof SessionEvent.Ended) {
        startFarewell();
        schedulePump();
      }
      events.accept(event);
    }

    @Override
    public void onOutput() {
      if (!isReading && !isPumping) {
        schedulePump();
      }
    }
  }
}
