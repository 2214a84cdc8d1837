package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The frames that overtake data: GoAway, pings, answers to pings, and the streams' SYN, ACK, RST
 * and credit.
 *
 * <p>Nothing here is a queued frame: a due frame is a bit, a number or a place in a list, and
 * becomes bytes only when the transport can take them. So a peer that never reads costs one entry
 * for each open stream, {@value #MAX_PONGS} pongs and {@value #MAX_REFUSALS} refusals, no more.
 */
final class ControlQueue {
  /** Pings beyond this many unanswered ones get no answer. */
  private static final int MAX_PONGS = 32;

  /** Refused opens beyond this many unsent refusals end the session. */
  private static final int MAX_REFUSALS = 256;

  /** What may go ahead of data in one poll; the rest waits for the next. */
  private static final int MAX_BYTES_PER_POLL = 4096;

  private final LongRing pongs = new LongRing(MAX_PONGS);
  private final LongRing refusals = new LongRing(MAX_REFUSALS);
  private final StreamQueue streams = new StreamQueue();
  private final KeepAlive keepAlive;
  private @Nullable ErrorCode goAway;

  ControlQueue(KeepAlive keepAlive) {
    this.keepAlive = keepAlive;
  }

  boolean isEmpty() {
    return goAway == null
        && !keepAlive.isPingDue()
        && pongs.isEmpty()
        && refusals.isEmpty()
        && streams.isEmpty();
  }

  /** Answers a ping, or drops it where too many wait already. */
  void addPong(long value) {
    pongs.offer(value);
  }

  /** Resets an open that was never let in; false where too many wait already. */
  boolean addRefusal(long streamId) {
    return refusals.offer(streamId);
  }

  /** Lets {@code stream} write its control frame; no change where it waits already. */
  void add(Stream stream) {
    if (!stream.controlLink.isQueued()) {
      streams.add(stream.controlLink);
    }
  }

  /** Drops all that is due and sends this alone: the session has ended. */
  void replaceWithGoAway(ErrorCode code) {
    goAway = code;
  }

  boolean isGoAwayDue() {
    return goAway != null;
  }

  void pollGoAway(ByteBuf out) {
    if (goAway != null) {
      FrameEncoder.writeGoAway(out, goAway);
      goAway = null;
    }
  }

  /** Writes due frames into {@code out}, at most {@code maxBytes} of them. */
  void poll(ByteBuf out, int maxBytes, long nowNanos) {
    int end = out.writerIndex() + Math.min(maxBytes, MAX_BYTES_PER_POLL) - Frame.HEADER_BYTES;
    if (keepAlive.isPingDue() && out.writerIndex() <= end) {
      FrameEncoder.writePing(out, Frame.SYN, keepAlive.sendPing(nowNanos));
    }
    while (!pongs.isEmpty() && out.writerIndex() <= end) {
      FrameEncoder.writePing(out, Frame.ACK, pongs.poll());
    }
    while (!refusals.isEmpty() && out.writerIndex() <= end) {
      FrameEncoder.writeWindowUpdate(out, Frame.RST, refusals.poll(), 0);
    }
    Stream stream;
    while (out.writerIndex() <= end && (stream = streams.peek()) != null) {
      stream.controlLink.leave();
      stream.writeControl(out, nowNanos);
    }
  }
}
