package dev.culvert.mux.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins two channels: bytes, half-close, back-pressure and failure, each way.
 *
 * <p>A buffer read on one leg is handed to the other, ownership with it. A direction stops reading
 * while buffers of {@value #HIGH_BYTES} bytes wait to be written, filled or not, and goes on at
 * {@value #LOW_BYTES}; a stream's credit returns as its bytes are written. The end of a leg's input
 * finishes the other leg once the last byte is written; any failure aborts both.
 *
 * <p>The legs may be on different event loops. Each direction lives on the loop of the leg it
 * reads; the one hand-over is {@link Direction#write}, whose promise calls back on the reading
 * loop.
 */
public final class Relay {
  /*
   * Invariants:
   * - A leg is finished at most once, and only when every byte of its direction has been written.
   * - A leg is aborted as soon as its direction can no longer be completed, unless its own input
   *   ended in order and took the output with it.
   */
  private static final int HIGH_BYTES = 128 * 1024;

  /** More than the largest buffer, so that one is read while another is written. */
  private static final int LOW_BYTES = 80 * 1024;

  /** What a waiting buffer costs beside its memory. */
  private static final int BYTES_PER_BUFFER = 256;

  /** How long the rest of a leg is read and dropped after the other one has left. */
  private static final long DISCARD_SECONDS = 60;

  private final Direction leftToRight;
  private final Direction rightToLeft;
  private final Consumer<RelayEnd> onEnd;
  private final AtomicInteger unfinished = new AtomicInteger(2);
  private final AtomicBoolean isOver = new AtomicBoolean();

  private Relay(RelayLeg left, RelayLeg right, Consumer<RelayEnd> onEnd) {
    this.leftToRight = new Direction(left, right);
    this.rightToLeft = new Direction(right, left);
    this.onEnd = onEnd;
  }

  /**
   * Joins the legs, whose auto-read must be off. Each gets a handler at the end of its pipeline.
   * Any thread.
   *
   * @param onEnd called once, on either event loop, when both directions are over
   */
  public static void join(RelayLeg left, RelayLeg right, Consumer<RelayEnd> onEnd) {
    Relay relay = new Relay(left, right, onEnd);
    relay.leftToRight.start();
    relay.rightToLeft.start();
  }

  private void directionFinished() {
    if (unfinished.decrementAndGet() == 0 && isOver.compareAndSet(false, true)) {
      onLoopOf(leftToRight.from, RelayLeg::close);
      onLoopOf(rightToLeft.from, RelayLeg::close);
      end(null);
    }
  }

  private void abort(Throwable cause) {
    if (isOver.compareAndSet(false, true)) {
      onLoopOf(leftToRight.from, RelayLeg::abort);
      onLoopOf(rightToLeft.from, RelayLeg::abort);
      end(cause);
    }
  }

  private void end(@Nullable Throwable cause) {
    onEnd.accept(new RelayEnd(leftToRight.readBytes, rightToLeft.readBytes, cause));
  }

  private static void onLoopOf(RelayLeg leg, Consumer<RelayLeg> action) {
    if (leg.channel().eventLoop().inEventLoop()) {
      action.accept(leg);
    } else {
      leg.channel().eventLoop().execute(() -> action.accept(leg));
    }
  }

  /** One way through the relay, on the event loop of the leg it reads. */
  private final class Direction extends ChannelInboundHandlerAdapter {
    private final RelayLeg from;
    private final RelayLeg to;
    private volatile long readBytes; // written by the event loop alone
    private volatile boolean isDiscarding;
    private volatile boolean isInputEnded;
    private volatile boolean isFinished;
    private volatile @Nullable Future<?> discardTimer;
    private int heldBytes;
    private boolean isFinishing;
    private boolean isPaused;
    private @Nullable ChannelHandlerContext ctx;

    Direction(RelayLeg from, RelayLeg to) {
      this.from = from;
      this.to = to;
    }

    /** A channel that closes while its handler is being added would never tell the handler. */
    void start() {
      from.channel().pipeline().addLast(this);
      from.channel()
          .closeFuture()
          .addListener(done -> {
            if (ctx == null) {
              abort(new ClosedChannelException());
            }
          });
    }

    private Direction opposite() {
      return this == leftToRight ? rightToLeft : leftToRight;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      this.ctx = ctx;
      Channel channel = ctx.channel();
      RelayLeg.arm(channel);
      if (channel instanceof StreamChannel stream) {
        stream.creditMode(CreditMode.ON_CONSUMED);
        if (FrameRoom.isIn(opposite().from.channel())) {
          stream.writesWithRoom();
        }
      }
      EarlyInput early = ctx.pipeline().get(EarlyInput.class);
      if (early != null) {
        ctx.pipeline().remove(early);
      }
      if (!channel.isActive()) {
        abort(new ClosedChannelException());
      } else if (channel instanceof DuplexChannel duplex && duplex.isInputShutdown()) {
        inputEnded();
      } else {
        ctx.read();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      long total = readBytes + bytes.readableBytes();
      readBytes = total;
      if (isDiscarding) {
        credit(bytes.readableBytes());
        bytes.release();
      } else {
        write(ctx, bytes);
      }
    }

    private void write(ChannelHandlerContext ctx, ByteBuf bytes) {
      int count = bytes.readableBytes();
      int held = bytes.capacity() + BYTES_PER_BUFFER; // a single byte may hold a whole read's
      heldBytes += held;
      ChannelPromise written = new DefaultChannelPromise(to.channel(), ctx.executor());
      written.addListener(done -> written(count, held, done.cause()));
      to.channel().write(bytes, written);
    }

    private void written(int count, int held, @Nullable Throwable failure) {
      heldBytes -= held;
      credit(count);
      if (failure != null && !isDiscarding) {
        outputFailed(failure);
        return;
      }
      if (isInputEnded) {
        finishWhenWritten();
      } else if (isPaused && heldBytes <= LOW_BYTES) {
        isPaused = false;
        context().read();
      }
    }

    private void credit(int count) {
      if (from.channel() instanceof StreamChannel stream) {
        stream.consumed(count);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      to.channel().flush();
      if (isDiscarding || heldBytes < HIGH_BYTES) {
        ctx.read();
      } else {
        isPaused = true;
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        inputEnded();
      } else {
        ctx.fireUserEventTriggered(event);
      }
    }

    private void inputEnded() {
      if (!isInputEnded) {
        isInputEnded = true;
        finishWhenWritten();
        if (from.halfClose() == RelayLeg.HalfClose.ENDS_BOTH) {
          opposite().discard();
        }
      }
    }

    private void finishWhenWritten() {
      if ((heldBytes == 0 || isDiscarding) && !isFinishing) {
        isFinishing = true;
        if (isDiscarding) {
          finished();
        } else {
          onLoopOf(to, leg -> leg.finish().addListener(this::outputEnded));
        }
      }
    }

    private void outputEnded(Future<? super Void> done) {
      if (done.isSuccess() || isDiscarding) {
        finished();
      } else {
        abort(done.cause());
      }
    }

    private void finished() {
      isFinished = true;
      Future<?> timer = discardTimer;
      if (timer != null) {
        timer.cancel(false);
      }
      directionFinished();
    }

    /**
     * Whoever reads {@code to} has left in order: what still comes for it is dropped. Any thread.
     */
    private void discard() {
      isDiscarding = true;
      from.channel().eventLoop().execute(this::startDiscarding);
    }

    private void startDiscarding() {
      if (isFinished || discardTimer != null) {
        return;
      }
      discardTimer =
          from.channel()
              .eventLoop()
              .schedule(
                  () -> abort(new IOException("the other side left and this one goes on sending")),
                  DISCARD_SECONDS,
                  TimeUnit.SECONDS);
      if (isInputEnded) {
        finishWhenWritten();
      } else if (ctx != null) {
        isPaused = false;
        ctx.read();
      }
    }

    private void outputFailed(Throwable failure) {
      if (to.halfClose() == RelayLeg.HalfClose.ENDS_BOTH && opposite().isInputEnded) {
        discard();
      } else {
        abort(failure);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (!hasLeftInOrder()) {
        abort(new ClosedChannelException());
      }
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!hasLeftInOrder()) {
        abort(cause);
      }
    }

    /** Whether {@code from} has given all it had and needs no more: its failure changes nothing. */
    private boolean hasLeftInOrder() {
      Direction output = opposite();
      return isInputEnded && (output.isFinished || output.isDiscarding);
    }

    private ChannelHandlerContext context() {
      if (ctx == null) {
        throw new IllegalStateException("the relay is not joined yet");
      }
      return ctx;
    }
  }
}
