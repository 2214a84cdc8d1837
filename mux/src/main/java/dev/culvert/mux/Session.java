package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One end of a yamux session, as a state machine with no I/O of its own.
 *
 * <p>Its methods are of four kinds. Input, from the transport or a timer: {@link #receive}, {@link
 * #onTimeout}, {@link #transportLost}. Commands, from the application: {@link #open}, {@link
 * #ping}, {@link #drain}, {@link #close}, and those of {@link Stream}. Output, for the transport:
 * {@link #pollOutput}, {@link #deadlineNanos}. And plain questions. A driver feeds input, then
 * polls output while the transport can take it, then waits for input or the deadline.
 *
 * <p>One thread at a time. Times are {@code System.nanoTime()}-like; only differences count.
 */
public final class Session {
  /*
   * Invariants:
   * - streams holds exactly the streams that are not CLOSED; closedAndUnread those that FINs closed
   *   and whose last bytes wait to be consumed, so that these can be reset too when memory runs out.
   * - outboundSlots and inboundSlots count these and those whose RST has not gone out yet, so a peer
   *   that makes us reset streams gains no room by it.
   * - unacknowledged counts streams whose SYN may have gone out and that the peer has shown no sign
   *   of knowing; at most MAX_UNACKNOWLEDGED, later opens wait in waiting.
   * - Once end is set it never changes, streams is empty and the only output left is one GoAway.
   */

  /** Opens the peer has not answered; common peers reset what exceeds it. */
  private static final int MAX_UNACKNOWLEDGED = 256;

  private final Role role;
  private final SessionConfig config;
  private final SessionListener listener;
  private final LongObjectHashMap<Stream> streams = new LongObjectHashMap<>();
  private final Set<Stream> closedAndUnread = new HashSet<>();
  private final FrameDecoder decoder;
  private final KeepAlive keepAlive;
  private final WindowTuner tuner;
  private final FloodGuard floodGuard;
  private final ControlQueue controlQueue;
  private final SendQueue sendQueue;
  private final StreamQueue waiting = new StreamQueue();
  private long nowNanos; // of the latest input
  private long nextId;
  private int outboundSlots;
  private int inboundSlots;
  private int unacknowledged;
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
    this.nextId = role.firstId();
    this.tuner = new WindowTuner(config, memory);
    this.decoder = new FrameDecoder(new FrameReceiver(this));
    this.keepAlive =
        new KeepAlive(
            config.keepAliveIdle().toNanos(), config.keepAliveTimeout().toNanos(), nowNanos);
    this.floodGuard = new FloodGuard(nowNanos);
    this.controlQueue = new ControlQueue(keepAlive);
    this.sendQueue = new SendQueue(config.maxPayloadBytes());
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
    boolean inOrder = streams.isEmpty() && (isPeerGoingAway || isDraining);
    finish(
        inOrder
            ? new SessionEnd.Closed("the peer closed the connection")
            : new SessionEnd.TransportLost(reason, cause));
  }

  // Commands.

  /** False where the limit on open streams is reached, ids are used up or either side goes away. */
  public boolean canOpen() {
    return end == null
        && !isDraining
        && !isPeerGoingAway
        && outboundSlots < config.maxOutboundStreams()
        && !isOutOfIds();
  }

  /** Every id of this side has been taken: only another session can open streams. */
  public boolean isOutOfIds() {
    return nextId > Frame.MAX_UNSIGNED_INT;
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
    Stream stream = Stream.openedHere(this, nextId, tuner, owner);
    nextId += 2;
    outboundSlots++;
    streams.put(stream.id(), stream);
    waiting.add(stream.sendLink);
    startWaiting();
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
        ? !controlQueue.isEmpty() || !sendQueue.isEmpty()
        : controlQueue.isGoAwayDue();
  }

  /**
   * Writes frames into {@code out}, which is borrowed: control first, then data in turns.
   *
   * @param maxBytes how much to write at most; at least two headers, for progress
   * @return the bytes written; zero means that there is nothing to send
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
        && (room = maxBytes - (out.writerIndex() - start)) > 2 * Frame.HEADER_BYTES
        && (stream = sendQueue.current()) != null) {
      stream.writeTurn(out, room, config.maxPayloadBytes(), nowNanos);
      if (stream.state() != StreamState.CLOSED && (stream.deficitBytes <= 0 || !stream.canSend())) {
        sendQueue.endTurn(stream);
      }
    }
    if (end != null && maxBytes - (out.writerIndex() - start) >= Frame.HEADER_BYTES) {
      controlQueue.pollGoAway(out);
    }
    return out.writerIndex() - start;
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
    return new ArrayList<>(streams.values());
  }

  // For FrameReceiver.

  @Nullable Stream find(long id) {
    return streams.get(id);
  }

  boolean isOpenedByPeer(long id) {
    return role.isOpenedByPeer(id);
  }

  boolean hasRoomForInbound() {
    return !isDraining && inboundSlots < config.maxInboundStreams();
  }

  /** Lets in a stream that the peer opened. */
  Stream accept(long id) {
    Stream stream = Stream.openedByPeer(this, id, tuner);
    inboundSlots++;
    streams.put(id, stream);
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
    while (end == null && tuner.isMemoryExceeded() && (most = withMostUnread()) != null) {
      long unreadBytes = most.unconsumedBytes();
      most.reset();
      most.listener().onReset();
      listener.onEvent(new SessionEvent.MemoryExceeded(most.id(), unreadBytes));
    }
  }

  private @Nullable Stream withMostUnread() {
    Stream most = null;
    for (Stream stream : streams.values()) {
      most = withMoreUnread(stream, most);
    }
    for (Stream stream : closedAndUnread) {
      most = withMoreUnread(stream, most);
    }
    return most;
  }

  private static @Nullable Stream withMoreUnread(Stream stream, @Nullable Stream other) {
    return stream.unconsumedBytes() > (other == null ? 0 : other.unconsumedBytes())
        ? stream
        : other;
  }

  /** The peer knows {@code stream}; true the first time. */
  boolean acknowledged(Stream stream) {
    boolean first = stream.acknowledge();
    if (first) {
      unacknowledged--;
      startWaiting();
    }
    return first;
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
      Stream stream;
      while ((stream = waiting.peek()) != null) {
        stream.receiveReset();
      }
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
    streams.remove(stream.id());
  }

  /** FINs closed {@code stream}, which holds bytes that nobody has consumed. */
  void keepUnread(Stream stream) {
    closedAndUnread.add(stream);
  }

  void forgetUnread(Stream stream) {
    closedAndUnread.remove(stream);
  }

  /** The stream is closed and nothing of it is left to send. */
  void releaseSlot(Stream stream) {
    if (role.isOpenedByPeer(stream.id())) {
      inboundSlots--;
    } else {
      outboundSlots--;
      acknowledged(stream);
    }
    closeIfDrained();
  }

  private void startWaiting() {
    Stream stream;
    while (unacknowledged < MAX_UNACKNOWLEDGED && (stream = waiting.peek()) != null) {
      stream.sendLink.leave();
      unacknowledged++;
      stream.start();
    }
  }

  private void closeIfDrained() {
    if (isDraining && outboundSlots + inboundSlots == 0) {
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
    for (Stream stream : streams()) {
      stream.receiveSessionEnd(cause);
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
