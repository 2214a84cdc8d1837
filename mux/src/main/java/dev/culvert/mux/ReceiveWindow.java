package dev.culvert.mux;

/**
 * What the peer may still send on one stream, and the credit that is due to it.
 *
 * <p>Credit is for bytes the consumer took, and is given in halves of the window. With a window of
 * 262,144 bytes: the peer sends 262,144, the consumer takes 131,071 and nothing happens; it takes
 * one more and a credit of 131,072 falls due.
 */
final class ReceiveWindow {
  /*
   * Invariant: grantedBytes + uncreditedBytes + (bytes received and not consumed) == windowBytes.
   * So the consumer never holds more than windowBytes.
   */
  private final long windowBytes;
  private long grantedBytes = Frame.INITIAL_WINDOW_BYTES;
  private long uncreditedBytes;

  /** A window of {@code windowBytes}; what exceeds the initial window goes out with SYN or ACK. */
  ReceiveWindow(int windowBytes) {
    this.windowBytes = windowBytes;
    this.uncreditedBytes = (long) windowBytes - Frame.INITIAL_WINDOW_BYTES;
  }

  /** Counts arriving bytes; false, and nothing changes, where they exceed the grant. */
  boolean received(long bytes) {
    if (bytes > grantedBytes) {
      return false;
    }
    grantedBytes -= bytes;
    return true;
  }

  void consumed(int bytes) {
    if (bytes < 0 || grantedBytes + uncreditedBytes + bytes > windowBytes) {
      throw new IllegalStateException(
          "consumed: " + bytes + " (expected: 0 to " + unconsumedBytes() + ")");
    }
    uncreditedBytes += bytes;
  }

  long unconsumedBytes() {
    return windowBytes - grantedBytes - uncreditedBytes;
  }

  boolean isCreditDue() {
    return uncreditedBytes >= windowBytes / 2;
  }

  /** Takes the credit to send now, which may be zero. */
  long takeCredit() {
    long credit = uncreditedBytes;
    uncreditedBytes = 0;
    grantedBytes += credit;
    return credit;
  }
}
