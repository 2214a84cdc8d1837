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
 * becomes ready, C sends 64, B sends 16,372, A sends 16,372. Over time each stream waits for one
 * quantum of every other. A batch that a control frame has shortened cuts A off at 16,360: A
 * forfeits the 12 bytes left of its turn, which would be a frame of their own in the next batch.
 *
 * <p>A frame that is a buffer of the stream's own need not be cut to fit: its turn may take up to
 * twice as long, or as long as a turn may ever be while nobody else waits. What the stream has then
 * sent too much is a debt that its next turns pay, also where it had nothing to send in between.
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

  /** Lets {@code stream} take part; no change where it does already. */
  void add(Stream stream) {
    if (!stream.sendLink.isQueued()) {
      grantTurn(stream);
      (stream.deficitBytes > 0 ? fresh : backlogged).add(stream.sendLink);
    }
  }

  private void grantTurn(Stream stream) {
    stream.deficitBytes = quantum.bytes() + Math.min(stream.deficitBytes, 0);
  }

  /**
   * The stream whose turn it is, which can send; null where none can. The turn lasts until {@link
   * #endTurnIfOver} ends it or the stream closes.
   */
  @Nullable Stream current() {
    Stream stream = first();
    while (stream != null && (stream.deficitBytes <= 0 || !stream.canSend())) {
      endTurn(stream);
      stream = first();
    }
    return stream;
  }

  private @Nullable Stream first() {
    Stream stream = fresh.peek();
    return stream != null ? stream : backlogged.peek();
  }

  /** The longest frame that {@code stream}, whose turn it is, may send uncut. */
  int maxFrameBytes(Stream stream) {
    return isAlone()
        ? quantum.mostBytes()
        : Math.min(stream.deficitBytes + quantum.bytes(), quantum.mostBytes());
  }

  private boolean isAlone() {
    return fresh.isEmpty() ? backlogged.hasOne() : backlogged.isEmpty() && fresh.hasOne();
  }

  /** Ends the turn of a stream that has used its quantum, or as good as, or cannot send more. */
  void endTurnIfOver(Stream stream) {
    if (stream.deficitBytes <= forfeitBytes || !stream.canSend()) {
      endTurn(stream);
    }
  }

  private void endTurn(Stream stream) {
    boolean wasFresh = stream.sendLink.isQueuedIn(fresh);
    stream.sendLink.leave();
    if (stream.canSend() || wasFresh) {
      grantTurn(stream);
      backlogged.add(stream.sendLink);
    }
  }
}
