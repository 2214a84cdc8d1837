package dev.culvert.mux.netty;

import dev.culvert.mux.Stream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;

/**
 * The reading half of a {@link StreamChannel}: what comes waits here until it is asked for.
 *
 * <p>Bytes that come within a read cycle of the connection are fired within it, behind them one
 * {@code channelReadComplete}; bytes that waited are fired by a task, which is a cycle of its own.
 * Event loop only.
 */
final class StreamInput {
  /** What one read without auto-read fires at most, give or take a frame. */
  private static final int READ_BYTES = 64 * 1024;

  private final StreamChannel channel;
  private final MuxHandler mux;
  private final UnreadQueue unread = new UnreadQueue();
  private CreditMode creditMode = CreditMode.ON_READ;
  private boolean isFinReceived;
  private boolean isReadPending;
  private int readableNowBytes;
  private long uncreditedBytes;
  private boolean isInReadCycle;
  private boolean isDelivering;

  StreamInput(StreamChannel channel, MuxHandler mux) {
    this.channel = channel;
    this.mux = mux;
  }

  void creditMode(CreditMode mode) {
    creditMode = mode;
  }

  /** The consumer took bytes that were fired to it; bytes that have their credit count for none. */
  void consumed(int bytes) {
    int owed = (int) Math.min(bytes, uncreditedBytes);
    uncreditedBytes -= owed;
    stream().consumed(owed);
  }

  private Stream stream() {
    return channel.stream();
  }

  private ChannelPipeline pipeline() {
    return channel.pipeline();
  }

  /** A read is asked for. */
  void read() {
    isReadPending = true;
    if (!isDelivering && !isInReadCycle && !unread.isEmpty()) {
      isInReadCycle = true;
      channel
          .eventLoop()
          .execute(() -> {
            deliver();
            endReadCycle();
          });
    }
  }

  /** No read is asked for any more. */
  void stopReading() {
    isReadPending = false;
    readableNowBytes = 0;
  }

  /** The next {@code bytes} of {@code in}, which is borrowed, have come. */
  void receive(ByteBuf in, int bytes) {
    if (!channel.isOpen()) {
      return;
    }
    unread.add(in, bytes, channel.alloc());
    if (mayRead()) {
      if (!isInReadCycle) {
        isInReadCycle = true;
        mux.readCycleStarted(channel);
      }
      deliver();
    }
  }

  /** Nothing comes any more; the end is told behind the last byte. */
  void receiveFin() {
    isFinReceived = true;
    if (!isInReadCycle) {
      endIfDue();
    }
  }

  private boolean mayRead() {
    return readableNowBytes > 0
        || isReadPending
        || (isInReadCycle && channel.config().isAutoRead());
  }

  /** Fires what waits, as far as reads have been asked for. */
  private void deliver() {
    if (isDelivering) {
      return;
    }
    isDelivering = true;
    try {
      while (mayRead() && !unread.isEmpty()) {
        if (readableNowBytes <= 0) {
          isReadPending = false;
          readableNowBytes = READ_BYTES;
        }
        ByteBuf payload = unread.remove();
        int bytes = payload.readableBytes();
        readableNowBytes -= bytes;
        uncreditedBytes += bytes;
        if (creditMode == CreditMode.ON_READ) {
          consumed(bytes);
        }
        pipeline().fireChannelRead(payload);
      }
    } finally {
      isDelivering = false;
    }
  }

  /** The connection's read cycle is over, or the task that stood in for one. */
  void endReadCycle() {
    isInReadCycle = false;
    readableNowBytes = 0;
    if (channel.isOpen()) {
      pipeline().fireChannelReadComplete(); // under auto-read, asks for the next read
      if (isReadPending) {
        read(); // one asked for within the cycle found it still going on
      }
      endIfDue();
    }
  }

  private void endIfDue() {
    if (isFinReceived && unread.isEmpty() && channel.isOpen()) {
      channel.endInput();
    }
  }

  /** Drops what waits. */
  void clear() {
    unread.clear();
  }
}
