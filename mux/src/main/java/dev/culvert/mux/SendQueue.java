package dev.culvert.mux;

import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to send data: deficit round robin with new streams first.
 *
 * <p>A stream that was idle starts in the fresh list and is served there once, ahead of the streams
 * that have been sending all along; so a sparse interactive stream overtakes bulk ones with no
 * priority set. A fresh stream that empties goes behind the others, not out, so that coming and
 * going does not win more than one turn a round.
 *
 * <p>Worked example, quantum 16,372 bytes: A and B send bulk, C has 64 bytes. A sends 16,372, C
 * becomes ready, C sends 64, B sends 16,372, A sends 16,372. Each stream waits at most for one
 * quantum of every other.
 */
final class SendQueue {
  private final StreamQueue fresh = new StreamQueue();
  private final StreamQueue backlogged = new StreamQueue();
  private final int quantumBytes;

  SendQueue(int quantumBytes) {
    this.quantumBytes = quantumBytes;
  }

  boolean isEmpty() {
    return fresh.isEmpty() && backlogged.isEmpty();
  }

  /** Lets {@code stream} take part; no change where it does already. */
  void add(Stream stream) {
    if (!stream.sendLink.isQueued()) {
      stream.deficitBytes = quantumBytes;
      fresh.add(stream.sendLink);
    }
  }

  /**
   * The stream whose turn it is; the turn lasts until {@link #endTurn} or until the stream closes.
   */
  @Nullable Stream current() {
    Stream stream = fresh.peek();
    return stream != null ? stream : backlogged.peek();
  }

  /** The stream has used its quantum, or has nothing more to send. */
  void endTurn(Stream stream) {
    boolean wasFresh = stream.sendLink.isQueuedIn(fresh);
    stream.sendLink.leave();
    if (stream.canSend() || wasFresh) {
      stream.deficitBytes = quantumBytes;
      backlogged.add(stream.sendLink);
    }
  }
}
