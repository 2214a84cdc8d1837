package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a session: the owner's handle, and what the session knows of it.
 *
 * <p>Session's thread only. All commands are safe after the stream has closed, and then do nothing.
 */
public final class Stream {
  /*
   * Invariants:
   * - SYN or ACK, FIN and RST go out at most once each; nothing goes out before SYN, nothing but RST
   *   after FIN and credit, nothing after RST.
   * - A stream that canSend() is in the session's SendQueue, one with a due control frame in its
   *   ControlQueue; a closed one is in neither, save to send its RST.
   */
  private enum Opening {
    SYN_DUE,
    ACK_DUE,
    DONE
  }

  final StreamQueue.Link sendLink = new StreamQueue.Link(this);
  final StreamQueue.Link controlLink = new StreamQueue.Link(this);
  int deficitBytes;

  private final Session session;
  private final long id;
  private final SendWindow sendWindow = new SendWindow();
  private final ReceiveWindow receiveWindow;
  private final WindowTuner tuner;
  private @Nullable StreamListener listener;
  private StreamState state;
  private Opening opening;
  private boolean isUnacknowledged;
  private boolean isFinDue;
  private boolean isResetDue;
  private boolean isUnreadCounted = true;

  private Stream(Session session, long id, WindowTuner tuner, StreamState state, Opening opening) {
    this.session = session;
    this.id = id;
    this.tuner = tuner;
    this.receiveWindow = tuner.newWindow();
    this.state = state;
    this.opening = opening;
  }

  static Stream openedHere(Session session, long id, WindowTuner tuner, StreamListener listener) {
    Stream stream = new Stream(session, id, tuner, StreamState.WAITING, Opening.SYN_DUE);
    stream.listener = listener;
    return stream;
  }

  static Stream openedByPeer(Session session, long id, WindowTuner tuner) {
    return new Stream(session, id, tuner, StreamState.OPEN, Opening.ACK_DUE);
  }

  public long id() {
    return id;
  }

  public StreamState state() {
    return state;
  }

  /** There is data to poll. Called after each change from none to some; harmless otherwise. */
  public void dataReady() {
    if (canSend()) {
      session.addToSendQueue(this);
    }
  }

  /** Sends FIN once the listener has no more data. */
  public void finish() {
    if (state == StreamState.CLOSED || state == StreamState.HALF_CLOSED_LOCAL) {
      return;
    }
    isFinDue = true;
    dataReady();
  }

  /** Ends both directions at once; the peer sees a reset, never an end. */
  public void reset() {
    forgetUnread();
    if (state == StreamState.CLOSED) {
      return;
    }
    boolean isKnownToPeer = opening != Opening.SYN_DUE;
    close();
    if (isKnownToPeer) {
      isResetDue = true;
      session.addToControlQueue(this);
    } else {
      session.releaseSlot(this);
    }
  }

  /**
   * The consumer took {@code bytes} of what {@link StreamListener#onData} handed it.
   *
   * @throws IllegalStateException where that is more than it was handed
   */
  public void consumed(int bytes) {
    if (!isUnreadCounted) {
      return;
    }
    receiveWindow.consumed(bytes);
    tuner.consumed(bytes);
    if (receiveWindow.isCreditDue() && isReceiving()) {
      session.addToControlQueue(this);
    } else if (state == StreamState.CLOSED && unconsumedBytes() == 0) {
      session.forgetUnread(this);
    }
  }

  /** The bytes that {@link #consumed} may still be called for. */
  public long unconsumedBytes() {
    return receiveWindow.unconsumedBytes();
  }

  /** What the peer may have on the way or unconsumed here, at most. */
  public long windowBytes() {
    return receiveWindow.windowBytes();
  }

  // What follows is for the session.

  StreamListener listener() {
    if (listener == null) {
      throw new IllegalStateException("stream " + id + " has no listener yet");
    }
    return listener;
  }

  void listener(StreamListener listener) {
    this.listener = listener;
  }

  boolean isReceiving() {
    return state == StreamState.OPEN || state == StreamState.HALF_CLOSED_LOCAL;
  }

  private boolean isSending() {
    return state == StreamState.OPEN || state == StreamState.HALF_CLOSED_REMOTE;
  }

  boolean canSend() {
    if (!isSending() || listener == null) {
      return false;
    }
    return listener.hasData() ? sendWindow.availableBytes() > 0 : isFinDue;
  }

  /** The SYN may go out. */
  void start() {
    state = StreamState.OPEN;
    isUnacknowledged = true;
    session.addToControlQueue(this);
    dataReady();
  }

  /** True the first time the peer shows that it knows the stream. */
  boolean acknowledge() {
    boolean first = isUnacknowledged;
    isUnacknowledged = false;
    return first;
  }

  boolean receiveCredit(long creditBytes) {
    if (!sendWindow.grant(creditBytes)) {
      return false;
    }
    dataReady();
    return true;
  }

  /** False where the peer sends more than it was granted. */
  boolean receiveData(long payloadBytes, long nowNanos) {
    if (!receiveWindow.received(payloadBytes, nowNanos)) {
      return false;
    }
    tuner.received(payloadBytes);
    return true;
  }

  void receiveFin() {
    if (state == StreamState.OPEN) {
      state = StreamState.HALF_CLOSED_REMOTE;
      listener().onFin();
    } else if (state == StreamState.HALF_CLOSED_LOCAL) {
      closeInOrder();
      listener().onFin();
    }
  }

  void receiveReset() {
    forgetUnread();
    close();
    session.releaseSlot(this);
    listener().onReset();
  }

  void receiveSessionEnd(SessionEnd end) {
    forgetUnread();
    close();
    if (listener != null) { // else the session is still asking for one, and tells it then
      listener.onSessionEnd(end);
    }
  }

  /** FIN has passed both ways. */
  private void closeInOrder() {
    close();
    if (isUnreadCounted && unconsumedBytes() > 0) {
      session.keepUnread(this);
    } else {
      session.releaseSlot(this);
    }
  }

  private void close() {
    state = StreamState.CLOSED;
    sendLink.leave();
    controlLink.leave();
    tuner.close(receiveWindow);
    session.forget(this);
  }

  /** Nobody will consume what was received: it does not count any more. */
  private void forgetUnread() {
    if (isUnreadCounted) {
      isUnreadCounted = false;
      tuner.consumed(receiveWindow.unconsumedBytes());
      session.forgetUnread(this);
    }
  }

  /** Writes the one control frame that is due, if any. */
  void writeControl(ByteBuf out, long nowNanos) {
    if (isResetDue) {
      isResetDue = false;
      FrameEncoder.writeWindowUpdate(out, Frame.RST, id, 0);
      session.releaseSlot(this);
    } else if (opening != Opening.DONE) {
      int flag = opening == Opening.SYN_DUE ? Frame.SYN : Frame.ACK;
      opening = Opening.DONE;
      FrameEncoder.writeWindowUpdate(out, flag, id, tuner.takeCredit(receiveWindow, nowNanos));
    } else if (receiveWindow.isCreditDue() && isReceiving()) {
      FrameEncoder.writeWindowUpdate(out, 0, id, tuner.takeCredit(receiveWindow, nowNanos));
    }
  }

  /** Writes one frame of data, and FIN behind the last, into {@code room} bytes of {@code out}. */
  void writeTurn(ByteBuf out, int room, int maxPayloadBytes, long nowNanos) {
    int end = out.writerIndex() + room;
    if (opening != Opening.DONE) {
      controlLink.leave();
      writeControl(out, nowNanos);
    }
    int maxBytes =
        Math.min(
            Math.min(maxPayloadBytes, end - out.writerIndex() - Frame.HEADER_BYTES),
            (int) Math.min(deficitBytes, sendWindow.availableBytes()));
    if (maxBytes > 0 && listener().hasData()) {
      writeData(out, maxBytes);
    }
    if (isSending()
        && isFinDue
        && !listener().hasData()
        && end - out.writerIndex() >= Frame.HEADER_BYTES) {
      writeFin(out);
    }
  }

  /** Whether the next bytes are in a buffer that can be a frame as it is. */
  boolean hasFrame(int maxPayloadBytes) {
    if (opening != Opening.DONE || !isSending()) {
      return false;
    }
    int bytes = listener().frameBytes();
    return bytes > 0 && bytes <= Math.min(maxPayloadBytes, sendWindow.availableBytes());
  }

  /** Hands over such a buffer, with the frame's header in front. */
  ByteBuf takeFrame() {
    ByteBuf frame = listener().pollFrame();
    int bytes = frame.readableBytes();
    frame.readerIndex(frame.readerIndex() - Frame.HEADER_BYTES);
    FrameEncoder.fillDataHeader(frame, frame.readerIndex(), id, bytes);
    sendWindow.sent(bytes);
    deficitBytes -= bytes;
    return frame;
  }

  private void writeData(ByteBuf out, int maxBytes) {
    int headerIndex = out.writerIndex();
    FrameEncoder.reserveDataHeader(out);
    int bytes = listener().pollData(out, maxBytes);
    if (bytes <= 0 && state == StreamState.CLOSED) {
      out.writerIndex(headerIndex);
      return;
    }
    if (bytes <= 0) {
      throw new IllegalStateException("the listener of " + this + " has data and gives none");
    }
    FrameEncoder.fillDataHeader(out, headerIndex, id, bytes);
    sendWindow.sent(bytes);
    deficitBytes -= bytes;
  }

  private void writeFin(ByteBuf out) {
    isFinDue = false;
    FrameEncoder.writeWindowUpdate(out, Frame.FIN, id, 0);
    if (state == StreamState.OPEN) {
      state = StreamState.HALF_CLOSED_LOCAL;
    } else {
      closeInOrder();
    }
    listener().onFinSent();
  }

  @Override
  public String toString() {
    return "stream " + id + " " + state;
  }
}
