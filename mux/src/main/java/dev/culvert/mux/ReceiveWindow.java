package dev.culvert.mux;

/**
 * What the peer may still send on one stream, and the credit that is due to it.
 *
 * <p><b>Credit</b> is for bytes the consumer took, and is given in halves of the window; in
 * quarters once the window is large, because then a half is long in coming. With a window of
 * 262,144 bytes: the peer sends 262,144, the consumer takes 131,071 and nothing happens; it takes
 * one more and a credit of 131,072 falls due.
 *
 * <p><b>Size.</b> A window holds a path back once the path could carry more than the window within
 * a round trip. So the window doubles when credit falls due at a rate that would use up a quarter
 * of the window, or more, in a round trip: it ends up at two to four times what is in flight. It
 * halves when credit took {@value #SLOW_SECONDS} seconds to fall due, or when memory is tight.
 * Credit that was given cannot be taken back, so a window shrinks by credit that is withheld.
 */
final class ReceiveWindow {
  /*
   * Invariants:
   * - grantedBytes + uncreditedBytes + (bytes received and not consumed) == windowBytes, so the
   *   consumer never holds more than windowBytes.
   * - windowBytes - initialBytes is what is reserved as growth.
   */
  private static final long LARGE_BYTES = 1 << 20;
  private static final long SLOW_SECONDS = 10;
  private static final long SLOW_NANOS = SLOW_SECONDS * 1_000_000_000L;

  private final int initialBytes;
  private long windowBytes;
  private long grantedBytes = Frame.INITIAL_WINDOW_BYTES;
  private long uncreditedBytes;
  private long lastCreditNanos;
  private boolean isTimed;

  /** A window of {@code windowBytes}; what exceeds the spec's goes out with SYN or ACK. */
  ReceiveWindow(int windowBytes) {
    this.initialBytes = windowBytes;
    this.windowBytes = windowBytes;
    this.uncreditedBytes = (long) windowBytes - Frame.INITIAL_WINDOW_BYTES;
  }

  /** Counts arriving bytes; false, and nothing changes, where they exceed the grant. */
  boolean received(long bytes, long nowNanos) {
    if (bytes > grantedBytes) {
      return false;
    }
    if (!isTimed) {
      isTimed = true;
      lastCreditNanos = nowNanos;
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

  long windowBytes() {
    return windowBytes;
  }

  /** What the window exceeds its initial size by. */
  long growthBytes() {
    return windowBytes - initialBytes;
  }

  long unconsumedBytes() {
    return windowBytes - grantedBytes - uncreditedBytes;
  }

  boolean isCreditDue() {
    return uncreditedBytes >= (windowBytes > LARGE_BYTES ? windowBytes / 4 : windowBytes / 2);
  }

  /** Whether consumption goes at a rate for which the window is too small. */
  boolean wantsGrowth(RoundTrip roundTrip, long nowNanos) {
    if (!isTimed || !isCreditDue() || !roundTrip.isKnown()) {
      return false;
    }
    double roundTrips = (double) (nowNanos - lastCreditNanos) / roundTrip.leastNanos();
    return uncreditedBytes > windowBytes / 4.0 * roundTrips;
  }

  boolean wantsToShrink(boolean isMemoryTight, long nowNanos) {
    return windowBytes > initialBytes
        && isCreditDue()
        && (isMemoryTight || nowNanos - lastCreditNanos > SLOW_NANOS);
  }

  /** Widens the window; the bytes are reserved, and part of the next credit. */
  void grow(long bytes) {
    windowBytes += bytes;
    uncreditedBytes += bytes;
  }

  /** Withholds credit that is due until the window is half; returns the bytes. */
  long shrink() {
    long target = Math.max(initialBytes, windowBytes / 2);
    long withheld = Math.min(uncreditedBytes, windowBytes - target);
    windowBytes -= withheld;
    uncreditedBytes -= withheld;
    return withheld;
  }

  /** Takes the credit to send now, which may be zero. */
  long takeCredit(long nowNanos) {
    long credit = uncreditedBytes;
    uncreditedBytes = 0;
    grantedBytes += credit;
    lastCreditNanos = nowNanos;
    return credit;
  }
}
