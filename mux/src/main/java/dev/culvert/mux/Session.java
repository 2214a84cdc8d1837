package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a yamux session, as a state machine with no I/O of its own.
 *
 * <p>Its methods are of four kinds. Input, from the transport or a timer: {@link #receive}, {@link
 * #onTimeout}, {@link #transportLost}. Commands, from the application: {@link #open}, {@link
 * #ping}, {@link #drain}, {@link #close}, and those of {@link Stream}. Output, for the transport:
 * {@link #pollFrame}, {@link #pollOutput}, {@link #deadlineNanos}. And plain questions. A driver
 * feeds input, then polls output while the transport can take it, then waits for input or the
 * deadline.
 *
 * <p>One thread at a time. Times are {@code System.nanoTime()}-like; only differences count.
 */
public final class Session {
  /*
   * Invariants:
   * - Once end is set it never changes, streams is empty and the only output left is one GoAway,
   *   behind the frame that is being polled when a stream's owner ends the session from within.
   */

  private final Role role;
  private final SessionConfig config;
  private final SessionListener listener;
  private final StreamTable streams;
  private final FrameDecoder decoder;
  private final KeepAlive keepAlive;
  private final WindowTuner tuner;
  private final FloodGuard floodGuard;
  private final ControlQueue controlQueue;
  private final Quantum quantum;
  private final SendQueue sendQueue;
  private long nowNanos; // of the latest input
  private boolean isFrameDue; // output has ended in front of it
  private boolean isDraining;
  private boolean isPeerGoingAway;
  private @Nullable SessionEnd end;

  /**
   * A session that has just begun.
   *
   * @param memory shared by all sessions of the process
   */
  public Session(
      Role role,
      SessionConfig config,
      MemoryBudget memory,
      SessionListener listener,
      long nowNanos) {
    this.role = role;
    this.config = config;
    this.listener = listener;
    this.streams = new StreamTable(role, config);
    this.tuner = new WindowTuner(config, memory);
    this.decoder = new FrameDecoder(new FrameReceiver(this, streams));
    this.keepAlive =
        new KeepAlive(
            config.keepAliveIdle().toNanos(), config.keepAliveTimeout().toNanos(), nowNanos);
    this.floodGuard = new FloodGuard(nowNanos);
    this.controlQueue = new ControlQueue(keepAlive);
    this.quantum = new Quantum(config.maxPayloadBytes(), config.maxQuantumBytes(), nowNanos);
    this.sendQueue = new SendQueue(quantum);
  }

  // Input.

  /** Takes bytes from the transport, cut anywhere. */
  public void receive(ByteBuf in, long nowNanos) {
    try {
      if (end == null) {
        keepAlive.received(nowNanos);
        this.nowNanos = nowNanos;
        decoder.decode(in);
        relieveMemory();
      }
    } finally {
      in.release();
    }
  }

  /** The deadline has come: pings a quiet peer, gives up a silent one. */
  public void onTimeout(long nowNanos) {
    if (end != null) {
      return;
    }
    keepAlive.forgiveAbsence(nowNanos);
    if (!keepAlive.isPeerAlive(nowNanos)) {
      transportLost("no byte for " + config.keepAliveTimeout().toSeconds() + " s", null);
      return;
    }
    keepAlive.checkIdle(nowNanos);
    relieveMemory();
    listener.onOutput();
  }

  /** The connection is gone; no output can follow. */
  public void transportLost(String reason, @Nullable Throwable cause) {
    boolean inOrder = streams.size() == 0 && (isPeerGoingAway || isDraining);
    finish(
        inOrder
            ? new SessionEnd.Closed("the peer closed the connection")
            : new SessionEnd.TransportLost(reason, cause));
  }

  // Commands.

  /** False where the limit on open streams is reached, ids are used up or either side goes away. */
  public boolean canOpen() {
    return end == null && !isDraining && !isPeerGoingAway && streams.hasRoomForOutbound();
  }

  /** All ids of this side have been taken: only another session can open streams. */
  public boolean isOutOfIds() {
    return streams.isOutOfIds();
  }

  /**
   * Opens a stream that can be written at once; it need not wait for the peer's ACK.
   *
   * @throws IllegalStateException unless {@link #canOpen}
   */
  public Stream open(StreamListener owner) {
    if (!canOpen()) {
      throw new IllegalStateException("the session opens no more streams: " + this);
    }
    Stream stream = Stream.openedHere(this, streams.takeId(), tuner, owner);
    streams.addOutbound(stream);
    return stream;
  }

  /** Measures the round trip; the answer is a {@link SessionEvent.RoundTrip}. */
  public void ping() {
    keepAlive.requestPing();
    listener.onOutput();
  }

  /** Lets no more streams in and closes once the last has gone. */
  public void drain() {
    isDraining = true;
    closeIfDrained();
  }

  /** Ends the session now, in order: tells the peer, and every stream's owner. */
  public void close(String reason) {
    goAway(ErrorCode.NORMAL, new SessionEnd.Closed(reason));
  }

  /** Ends the session now because we failed. */
  public void fail(Throwable cause) {
    goAway(ErrorCode.INTERNAL_ERROR, new SessionEnd.InternalFailure(cause.toString(), cause));
  }

  // Output.

  public boolean hasOutput() {
    return end == null
        ? !controlQueue.isEmpty() || sendQueue.current() != null
        : controlQueue.isGoAwayDue();
  }

  /**
   * The next frame, where that is data in a buffer of its stream's own, which goes out without
   * being copied; null where what comes next is gathered by {@link #pollOutput}, in front of which
   * this is to be asked each time. The buffer is the caller's.
   */
  public @Nullable ByteBuf pollFrame(long nowNanos) {
    if (end != null || (!controlQueue.isEmpty() && !isFrameDue)) {
      return null;
    }
    isFrameDue = false;
    Stream stream = sendQueue.current();
    if (stream == null || !hasFrame(stream)) {
      return null;
    }
    ByteBuf frame = stream.takeFrame();
    if (stream.state() != StreamState.CLOSED) {
      sendQueue.endTurnIfOver(stream);
    }
    quantum.sent(frame.readableBytes(), nowNanos);
    return frame;
  }

  private boolean hasFrame(Stream stream) {
    return stream.hasFrame(sendQueue.maxFrameBytes(stream));
  }

  /**
   * Writes frames into {@code out}, which is borrowed: control first, but not much of it, then data
   * in turns. Ends early in front of a frame that {@link #pollFrame} gives, ahead of further
   * control.
   *
   * @param maxBytes how much to write at most; at least two headers, for progress
   * @return the bytes written
   */
  public int pollOutput(ByteBuf out, int maxBytes, long nowNanos) {
    out.ensureWritable(maxBytes);
    int start = out.writerIndex();
    if (end == null) {
      controlQueue.poll(out, maxBytes, nowNanos);
    }
    Stream stream;
    int room;
    while (end == null
        && (room = maxBytes - (out.writerIndex() - start)) >= 2 * Frame.HEADER_BYTES
        && (stream = sendQueue.current()) != null) {
      if (hasFrame(stream)) {
        isFrameDue = true;
        break;
      }
      stream.writeTurn(out, room, config.maxPayloadBytes(), nowNanos);
      if (stream.state() != StreamState.CLOSED) {
        sendQueue.endTurnIfOver(stream);
      }
    }
    if (end != null && maxBytes - (out.writerIndex() - start) >= Frame.HEADER_BYTES) {
      controlQueue.pollGoAway(out);
    }
    int written = out.writerIndex() - start;
    quantum.sent(written, nowNanos);
    return written;
  }

  /** When {@link #onTimeout} is to be called. */
  public long deadlineNanos() {
    return keepAlive.deadlineNanos();
  }

  // Questions.

  public boolean isOpen() {
    return end == null;
  }

  /** Why the session is over, or null while it is not. */
  public @Nullable SessionEnd end() {
    return end;
  }

  public int openStreams() {
    return streams.size();
  }

  /** The streams that are open now, as a copy. */
  public List<Stream> streams() {
    return streams.copy();
  }

  /** What a stream may send in its turn. */
  int turnBytes() {
    return quantum.bytes();
  }

  // For FrameReceiver.

  boolean isOpenedByPeer(long id) {
    return role.isOpenedByPeer(id);
  }

  boolean hasRoomForInbound() {
    return !isDraining && streams.hasRoomForInbound();
  }

  /** Lets in a stream that the peer opened. */
  Stream accept(long id) {
    Stream stream = Stream.openedByPeer(this, id, tuner);
    streams.addInbound(stream);
    addToControlQueue(stream);
    stream.listener(listener.onStream(stream));
    if (end != null) {
      stream.receiveSessionEnd(end);
    }
    stream.dataReady();
    return stream;
  }

  /** A frame came that brought nothing. */
  void receivedNothing() {
    if (!floodGuard.allow(nowNanos)) {
      violated("the peer floods the session with frames that bring nothing");
    }
  }

  /** Ends the session because the peer broke the protocol. */
  void violated(String reason) {
    goAway(ErrorCode.PROTOCOL_ERROR, new SessionEnd.ProtocolViolation(reason));
  }

  void refuse(long id) {
    if (controlQueue.addRefusal(id)) {
      listener.onOutput();
    } else {
      violated("the peer opens streams beyond the limit, again and again");
    }
  }

  /** Counts data for a stream; false where it exceeds the stream's window. */
  boolean receiveData(Stream stream, long payloadBytes) {
    if (!stream.receiveData(payloadBytes, nowNanos)) {
      return false;
    }
    if (!keepAlive.isPingOutstanding() && tuner.roundTrip().isPingDue(payloadBytes, nowNanos)) {
      ping();
    }
    return true;
  }

  private void relieveMemory() {
    Stream most;
    while (end == null && tuner.isMemoryExceeded() && (most = streams.withMostUnread()) != null) {
      resetForMemory(most);
    }
  }

  private void resetForMemory(Stream stream) {
    long unreadBytes = stream.unconsumedBytes();
    stream.reset();
    stream.listener().onReset();
    listener.onEvent(new SessionEvent.MemoryExceeded(stream.id(), unreadBytes));
  }

  void receivePing(long value) {
    controlQueue.addPong(value);
    listener.onOutput();
  }

  void receivePong(long value) {
    long nanos = keepAlive.receivePong(value, nowNanos);
    if (nanos >= 0) {
      tuner.roundTrip().sample(nanos);
      listener.onEvent(new SessionEvent.RoundTrip(nanos));
    }
  }

  void receiveGoAway(long code) {
    if (code != ErrorCode.NORMAL.wireValue()) {
      finish(new SessionEnd.ClosedByPeer(code));
    } else if (!isPeerGoingAway) {
      isPeerGoingAway = true;
      streams.resetWaiting();
      listener.onEvent(new SessionEvent.PeerGoingAway());
    }
  }

  // For Stream.

  void addToControlQueue(Stream stream) {
    controlQueue.add(stream);
    listener.onOutput();
  }

  void addToSendQueue(Stream stream) {
    sendQueue.add(stream);
    listener.onOutput();
  }

  void forget(Stream stream) {
    streams.remove(stream);
  }

  void keepUnread(Stream stream) {
    streams.keepUnread(stream);
    closeIfDrained();
  }

  void forgetUnread(Stream stream) {
    streams.forgetUnread(stream);
  }

  /** The stream is closed and nothing of it is left to send. */
  void releaseSlot(Stream stream) {
    streams.releaseSlot(stream);
    closeIfDrained();
  }

  private void closeIfDrained() {
    if (isDraining && streams.isDrained()) {
      close("drained");
    }
  }

  private void goAway(ErrorCode code, SessionEnd cause) {
    if (end == null) {
      controlQueue.replaceWithGoAway(code);
      finish(cause);
      listener.onOutput();
    }
  }

  /** The one way to the end; what comes later changes nothing. */
  private void finish(SessionEnd cause) {
    if (end != null) {
      return;
    }
    end = cause;
    for (Stream stream : streams.copy()) {
      if (stream.state() != StreamState.CLOSED) { // else another stream's owner has just reset it
        stream.receiveSessionEnd(cause);
      }
    }
    Stream most; // no session relieves later what is unread now
    while (tuner.isMemoryTight() && (most = streams.withMostUnread()) != null) {
      resetForMemory(most);
    }
    tuner.close();
    listener.onEvent(new SessionEvent.Ended(cause));
  }

  @Override
  public String toString() {
    return role
        + " session, "
        + streams.size()
        + " streams"
        + (end == null ? "" : ", ended: " + end.reason());
  }
}
