package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a visitor may take: for a request's head, to go on with a request, and to take what is
 * written to it.
 *
 * <p>Goes before the HTTP codec of a {@link Http1Visitor} and away with it. Within a request time
 * counts only while it is the visitor's turn, and starts anew with each byte it sends or takes; how
 * long the local service thinks is no concern of this class. Event loop only.
 */
final class Http1Patience extends ChannelInboundHandlerAdapter {
  private static final long FIRST_REQUEST_SECONDS = 10;
  private static final long NEXT_REQUEST_SECONDS = 75;

  /** How long nothing may move within a request; noticed up to a look later. */
  static final long STALL_SECONDS = 60;

  /** How long a request may come more slowly than it has to, where there is such a rate. */
  static final long SLOW_SECONDS = 20;

  static final long LOOK_SECONDS = 10;

  private final Http1Visitor visitor;
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Future<?> looking;
  private @Nullable Future<?> requestDeadline;

  // As it was at the last look; each is the same for STALL_SECONDS where the visitor stalls.
  private long sentBytes;
  private boolean owedRequest;
  private int sendingStallLooks;
  private int takingStallLooks;
  private int waitingEntry;
  private long waitingProgress;
  private long waitingBytes;

  Http1Patience(Http1Visitor visitor) {
    this.visitor = visitor;
  }

  /** Waits for the head of the connection's first request. */
  void awaitFirst() {
    await(FIRST_REQUEST_SECONDS);
  }

  /** Waits for the rest of a request that was answered early, or for the next one's head. */
  void awaitNext() {
    await(NEXT_REQUEST_SECONDS);
  }

  private void await(long seconds) {
    stopWaiting();
    requestDeadline =
        visitor.context().executor().schedule(visitor::close, seconds, TimeUnit.SECONDS);
  }

  void stopWaiting() {
    if (requestDeadline != null) {
      requestDeadline.cancel(false);
      requestDeadline = null;
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    looking =
        ctx.executor()
            .scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (looking != null) {
      looking.cancel(false);
    }
    stopWaiting();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    sentBytes += message instanceof ByteBuf bytes ? bytes.readableBytes() : 1;
    ctx.fireChannelRead(message);
  }

  private void look() {
    boolean owes = visitor.owesRequest();
    boolean isSlow = sentBytes < visitor.settings().requestBytes(LOOK_SECONDS);
    sendingStallLooks = owes && owedRequest && isSlow ? sendingStallLooks + 1 : 0;
    owedRequest = owes;
    sentBytes = 0;
    lookAtOutput();
    if (takingStallLooks * LOOK_SECONDS >= STALL_SECONDS) {
      RelayLeg.abort(visitor.context().channel()); // the visitor hears that it is gone
    } else if (sendingStallLooks * LOOK_SECONDS >= patienceSeconds()) {
      visitor.requestStalled();
    }
  }

  private long patienceSeconds() {
    return visitor.settings().requestBytesPerSecond() > 0 ? SLOW_SECONDS : STALL_SECONDS;
  }

  /** The first write that waits, and how much of it has gone: while both stay, nothing is taken. */
  private void lookAtOutput() {
    ChannelOutboundBuffer output = ctx == null ? null : ctx.channel().unsafe().outboundBuffer();
    if (output == null || output.current() == null) {
      takingStallLooks = 0;
      waitingEntry = 0;
      return;
    }
    int entry = System.identityHashCode(output.current()); // not equals: it may be a buffer
    long progress = output.currentProgress();
    long bytes = output.totalPendingWriteBytes(); // buffers are used again
    boolean isStalled =
        entry == waitingEntry && progress == waitingProgress && bytes == waitingBytes;
    takingStallLooks = isStalled ? takingStallLooks + 1 : 0;
    waitingEntry = entry;
    waitingProgress = progress;
    waitingBytes = bytes;
  }
}
