package dev.culvert.server.edge;

import dev.culvert.server.visitor.Patience;
import io.netty.channel.Channel;

/**
 * How long the visitor of a stream may stand still where it is the visitor's turn: {@value
 * #STALL_SECONDS} s, noticed up to {@value #LOOK_SECONDS} s later; where the operator asks for a
 * rate of bytes, {@link Http1Patience#SLOW_SECONDS} s below that. Event loop only.
 *
 * <p>Time counts anew with each byte that it sends or takes; how long the local service thinks is
 * no concern of this class.
 */
final class Http2Patience {
  static final long LOOK_SECONDS = 10;
  private static final long STALL_SECONDS = Http1Patience.STALL_SECONDS;

  private final Patience patience;

  // As it was at the last look; each stays the same where the visitor stalls.
  private long receivedBytes;
  private int owingLooks;
  private int untakenLooks;
  private long writtenBytes;
  private long lastWrittenBytes;
  private long lastUntaken;

  Http2Patience(Patience patience) {
    this.patience = patience;
  }

  /** So much came of the request; a head counts as a byte. */
  void received(int bytes) {
    receivedBytes += bytes;
  }

  /** So much was written to the visitor. */
  void written(int bytes) {
    writtenBytes += bytes;
  }

  /**
   * Compares with the last look, {@value #LOOK_SECONDS} s ago.
   *
   * @param stream what is written is written to it
   * @param owesRequest whether nothing goes on until the visitor sends more
   */
  void look(Channel stream, boolean owesRequest) {
    boolean isSlow = receivedBytes < patience.requestBytes(LOOK_SECONDS);
    owingLooks = owesRequest && isSlow ? owingLooks + 1 : 0;
    receivedBytes = 0;
    long untaken = untaken(stream);
    boolean isStill = untaken == lastUntaken && writtenBytes == lastWrittenBytes;
    untakenLooks = isStill && untaken > 0 ? untakenLooks + 1 : 0;
    lastUntaken = untaken;
    lastWrittenBytes = writtenBytes;
  }

  /** Zero where the visitor has taken all; else it changes as it takes. */
  private static long untaken(Channel stream) {
    return stream.config().getWriteBufferHighWaterMark()
        + 1
        - stream.bytesBeforeUnwritable()
        + stream.bytesBeforeWritable();
  }

  /** The visitor does not take what was written. */
  boolean isTakingOver() {
    return untakenLooks * LOOK_SECONDS >= STALL_SECONDS;
  }

  /** The visitor does not go on with its request. */
  boolean isSendingOver() {
    long seconds =
        patience.requestBytesPerSecond() > 0 ? Http1Patience.SLOW_SECONDS : STALL_SECONDS;
    return owingLooks * LOOK_SECONDS >= seconds;
  }
}
