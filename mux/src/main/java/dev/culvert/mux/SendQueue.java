package dev.culvert.mux;

import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to send data: deficit round robin with new streams first.
 *
 * <p>A stream that was idle starts in the fresh list and is served there once, ahead of the streams
 * that have been sending all along; so a sparse interactive stream overtakes bulk ones with no
 * priority set. A fresh stream that empties goes behind the others, not out, so that coming and
 * going wins two turns to one of the others at most.
 *
 * <p>Worked example, quantum 16,372 bytes: A and B send bulk, C has 64 bytes. A sends 16,372, C
 * becomes ready, C sends 64, B sends 16,372, A sends 16,372. Each stream waits at most for one
 * quantum of every other. A batch that a control frame has shortened cuts A off at 16,360: A
 * forfeits the 12 bytes left of its turn, which would be a frame of their own in the next batch.
 *
 * <p>A frame that is a buffer of the stream's own is not cut to fit: a turn may end below zero, and
 * what it is below the next one is short of.
 */
final class SendQueue {
  private final StreamQueue fresh = new StreamQueue();
  private final StreamQueue backlogged = new StreamQueue();
  private final Quantum quantum;
  private final int forfeitBytes;

  SendQueue(Quantum quantum) {
    this.quantum = quantum;
    this.forfeitBytes = quantum.bytes() / 32;
  }

  boolean isEmpty() {
    return fresh.isEmpty() && backlogged.isEmpty();
  }

  /** Lets {@code stream} take part; no change where it does already. */
  void add(Stream stream) {
    if (!stream.sendLink.isQueued()) {
      stream.deficitBytes = quantum.bytes();
      fresh.add(stream.sendLink);
    }
  }

  /**
   * The stream whose turn it is; the turn lasts until {@link #endTurnIfOver} ends it or the stream
   * closes.
   */
  @Nullable Stream current() {
    Stream stream = fresh.peek();
    return stream != null ? stream : backlogged.peek();
  }

  /** Ends the turn of a stream that has used its quantum, or as good as, or cannot send more. */
  void endTurnIfOver(Stream stream) {
    if (stream.deficitBytes > forfeitBytes && stream.canSend()) {
      return;
    }
    boolean wasFresh = stream.sendLink.isQueuedIn(fresh);
    stream.sendLink.leave();
    if (stream.canSend() || wasFresh) {
      stream.deficitBytes = quantum.bytes() + Math.min(stream.deficitBytes, 0);
      backlogged.add(stream.sendLink);
    }
  }
}
