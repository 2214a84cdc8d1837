package dev.culvert.mux;

import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The streams of one session, and the room there is for more. */
final class StreamTable {
  /*
   * Invariants:
   * - streams holds exactly the streams that are not CLOSED; closedAndUnread those that FINs closed
   *   and whose last bytes nobody has consumed.
   * - outboundSlots and inboundSlots count all these and those whose RST has not gone out yet, so a
   *   peer that makes us reset streams, or hold their last bytes, gains no room by it.
   * - unacknowledged counts streams whose SYN may have gone out and that the peer has shown no sign
   *   of knowing; at most MAX_UNACKNOWLEDGED, later opens wait in waiting.
   */

  /** Opens the peer has not answered; common peers reset what exceeds it. */
  private static final int MAX_UNACKNOWLEDGED = 256;

  private final Role role;
  private final int maxInbound;
  private final int maxOutbound;
  private final LongObjectHashMap<Stream> streams = new LongObjectHashMap<>(); // by key(id)
  private final long scatter = ThreadLocalRandom.current().nextLong() | 1;
  private final Set<Stream> closedAndUnread = new HashSet<>();
  private final StreamQueue waiting = new StreamQueue();
  private long nextId;
  private int outboundSlots;
  private int inboundSlots;
  private int unacknowledged;

  StreamTable(Role role, SessionConfig config) {
    this.role = role;
    this.nextId = role.firstId();
    this.maxInbound = config.maxInboundStreams();
    this.maxOutbound = config.maxOutboundStreams();
  }

  @Nullable Stream find(long id) {
    return streams.get(key(id));
  }

  /** A number for the id that tells the peer, who may choose the ids, nothing about its place. */
  private long key(long id) {
    return id * scatter;
  }

  int size() {
    return streams.size();
  }

  /** The streams, in the order of their ids. */
  List<Stream> copy() {
    List<Stream> copy = new ArrayList<>(streams.values());
    copy.sort(Comparator.comparingLong(Stream::id));
    return copy;
  }

  /** No stream is open and nothing of a closed one is left to send. */
  boolean isDrained() {
    return outboundSlots + inboundSlots == closedAndUnread.size();
  }

  boolean hasRoomForOutbound() {
    return outboundSlots < maxOutbound && !isOutOfIds();
  }

  boolean isOutOfIds() {
    return nextId > Frame.MAX_UNSIGNED_INT;
  }

  boolean hasRoomForInbound() {
    return inboundSlots < maxInbound;
  }

  /** An id of ours that was never used. */
  long takeId() {
    long id = nextId;
    nextId += 2;
    return id;
  }

  /** Adds a stream of ours, which starts once few enough others are unacknowledged. */
  void addOutbound(Stream stream) {
    outboundSlots++;
    streams.put(key(stream.id()), stream);
    waiting.add(stream.sendLink);
    startWaiting();
  }

  void addInbound(Stream stream) {
    inboundSlots++;
    streams.put(key(stream.id()), stream);
  }

  /** The stream is closed. */
  void remove(Stream stream) {
    streams.remove(key(stream.id()));
  }

  /** FINs closed the stream, which holds bytes that nobody has consumed. */
  void keepUnread(Stream stream) {
    closedAndUnread.add(stream);
  }

  /** The stream holds no bytes any more. */
  void forgetUnread(Stream stream) {
    if (closedAndUnread.remove(stream)) {
      releaseSlot(stream);
    }
  }

  /** The stream is closed and nothing of it is left to send. */
  void releaseSlot(Stream stream) {
    if (role.isOpenedByPeer(stream.id())) {
      inboundSlots--;
    } else {
      outboundSlots--;
      acknowledged(stream);
    }
  }

  /** The peer has shown that it knows the stream; true the first time. */
  boolean acknowledged(Stream stream) {
    boolean first = stream.acknowledge();
    if (first) {
      unacknowledged--;
      startWaiting();
    }
    return first;
  }

  private void startWaiting() {
    Stream stream;
    while (unacknowledged < MAX_UNACKNOWLEDGED && (stream = waiting.peek()) != null) {
      stream.sendLink.leave();
      unacknowledged++;
      stream.start();
    }
  }

  /** Resets the streams that have not started: the peer takes no more. */
  void resetWaiting() {
    Stream stream;
    while ((stream = waiting.peek()) != null) {
      stream.receiveReset();
    }
  }

  /** The stream that holds most of what the consumers have not taken, or null if none holds any. */
  @Nullable Stream withMostUnread() {
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
    long more = stream.unconsumedBytes() - (other == null ? 0 : other.unconsumedBytes());
    boolean isFirstOfEquals = more == 0 && other != null && stream.id() < other.id();
    return more > 0 || isFirstOfEquals ? stream : other;
  }
}
