package dev.culvert.mux;

import io.netty.buffer.ByteBuf;

/**
 * The owner of one stream: takes what the peer sends and holds what is to be sent.
 *
 * <p>Called on the session's thread, from within {@link Session#receive}, {@link
 * Session#pollFrame}, {@link Session#pollOutput}, {@link Session#onTimeout} and {@link
 * Session#transportLost}; may call any method of the stream and the session. After {@link #onReset}
 * or {@link #onSessionEnd} nothing more is called.
 */
public interface StreamListener {
  /**
   * The next {@code bytes} of {@code in} are the peer's, a part of a frame. {@code in} is borrowed:
   * what is to be kept is copied, or sliced and retained. {@link Stream#consumed} returns their
   * credit.
   */
  void onData(ByteBuf in, int bytes);

  /** The peer has finished: no byte follows. */
  void onFin();

  /** The peer has reset the stream, or has gone away before it saw it. */
  void onReset();

  /** The session has ended under the stream. */
  void onSessionEnd(SessionEnd end);

  /** Whether {@link #pollData} would give anything. */
  boolean hasData();

  /**
   * The stream's turn: writes at least one and at most {@code maxBytes} of the pending bytes into
   * {@code out}, which is borrowed, and returns how many; none only where it has reset the stream.
   */
  int pollData(ByteBuf out, int maxBytes);

  /**
   * How many bytes {@link #pollFrame} would give, or zero where what is pending has to be gathered:
   * it is not in one buffer, or that has no room for a frame's header.
   */
  default int frameBytes() {
    return 0;
  }

  /**
   * The stream's turn, as {@link #pollData}: hands over the buffer with the next pending bytes,
   * which is the session's from now on, and so are {@link Frame#HEADER_BYTES} bytes in front of its
   * first. Called only where {@link #frameBytes} says that there is one.
   */
  default ByteBuf pollFrame() {
    throw new UnsupportedOperationException("nothing pending can be a frame as it is");
  }

  /** Our FIN has gone out, behind the last byte. */
  void onFinSent();
}
