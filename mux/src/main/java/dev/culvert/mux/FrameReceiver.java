package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a session does on each frame the peer sends, and what it does not let pass.
 *
 * <p>Checks come before state: a refused frame leaves no trace. Frames for a stream that is not
 * there any more are in order (the peer had not heard of its end yet) and are dropped.
 */
final class FrameReceiver implements FrameDecoder.Sink {
  /** Data for a stream that is gone keeps its sender as busy as us if it is this long. */
  private static final int MERITED_BYTES = 1024;

  private final Session session;
  private final StreamTable streams;

  /** Where the payload of the current Data frame goes; null to drop it. */
  private @Nullable Stream payloadStream;

  /** The current Data frame carries FIN, to be told behind its payload. */
  private boolean finAfterPayload;

  /** The current frame opened its stream, acknowledged it or gave it credit. */
  private boolean hasChangedStream;

  FrameReceiver(Session session, StreamTable streams) {
    this.session = session;
    this.streams = streams;
  }

  @Override
  public boolean isOpen() {
    return session.isOpen();
  }

  @Override
  public void receiveData(int flags, long streamId, long payloadBytes) {
    payloadStream = null;
    finAfterPayload = false;
    if ((flags & Frame.SYN) != 0 && payloadBytes > Frame.INITIAL_WINDOW_BYTES) {
      violation("opened stream " + streamId + " with " + payloadBytes + " bytes");
      return;
    }
    Stream stream = streamOf(flags, streamId);
    if (stream == null) {
      if (payloadBytes < MERITED_BYTES) {
        session.receivedNothing();
      }
      return;
    }
    if (payloadBytes > 0) {
      if (!session.receiveData(stream, payloadBytes)) {
        violation("sent " + payloadBytes + " bytes beyond the window of stream " + streamId);
        return;
      }
      if (!stream.isReceiving()) {
        stream.reset();
        stream.listener().onReset();
        session.receivedNothing();
        return;
      }
      payloadStream = stream;
      finAfterPayload = (flags & Frame.FIN) != 0;
    } else {
      receiveEmpty(stream, flags);
    }
  }

  @Override
  public void receivePayload(ByteBuf in, int bytes, long remainingBytes) {
    Stream stream = payloadStream;
    if (stream == null || stream.state() == StreamState.CLOSED) {
      return;
    }
    stream.listener().onData(in, bytes);
    if (remainingBytes == 0 && finAfterPayload) {
      stream.receiveFin();
    }
  }

  @Override
  public void receiveWindowUpdate(int flags, long streamId, long creditBytes) {
    Stream stream = streamOf(flags, streamId);
    if (stream == null) {
      session.receivedNothing();
      return;
    }
    if (!stream.receiveCredit(creditBytes)) {
      violation("granted more than 32 bits hold to stream " + streamId);
      return;
    }
    hasChangedStream |= creditBytes > 0;
    receiveEmpty(stream, flags);
  }

  /** Ends a frame without payload. */
  private void receiveEmpty(Stream stream, int flags) {
    if ((flags & Frame.FIN) != 0 && stream.isReceiving()) {
      stream.receiveFin();
    } else if (!hasChangedStream) {
      session.receivedNothing();
    }
  }

  @Override
  public void receivePing(int flags, long value) {
    session.receivedNothing();
    if ((flags & Frame.SYN) != 0) {
      session.receivePing(value);
    } else if ((flags & Frame.ACK) != 0) {
      session.receivePong(value);
    }
  }

  @Override
  public void receiveGoAway(long code) {
    session.receivedNothing();
    session.receiveGoAway(code);
  }

  @Override
  public void receiveGarbage(String what) {
    session.violated(what);
  }

  /** Applies SYN, ACK and RST; the stream the rest of the frame is for, or null where none is. */
  private @Nullable Stream streamOf(int flags, long streamId) {
    hasChangedStream = false;
    if (streamId == 0) {
      violation("sent a stream's frame on stream 0");
      return null;
    }
    if ((flags & Frame.SYN) != 0 && !open(streamId, flags)) {
      return null;
    }
    Stream stream = streams.find(streamId);
    if (stream == null || stream.state() == StreamState.WAITING) {
      return null;
    }
    hasChangedStream |= streams.acknowledged(stream);
    if ((flags & Frame.RST) != 0) {
      stream.receiveReset();
      return null;
    }
    return stream;
  }

  private boolean open(long streamId, int flags) {
    if (!session.isOpenedByPeer(streamId)) {
      violation("opened stream " + streamId + ", an id of ours");
      return false;
    }
    if (streams.find(streamId) != null) {
      violation("opened stream " + streamId + " a second time");
      return false;
    }
    if ((flags & Frame.RST) != 0) {
      return false;
    }
    if (!session.hasRoomForInbound()) {
      session.refuse(streamId);
      return false;
    }
    session.accept(streamId);
    hasChangedStream = true;
    return true;
  }

  private void violation(String what) {
    session.violated("the peer " + what);
  }
}
