package dev.culvert.mux;

/** What one stream may still send: the credit granted by the peer less the bytes sent. */
final class SendWindow {
  /** Invariant: 0 &lt;= availableBytes &lt;= 2^32 - 1. */
  private long availableBytes = Frame.INITIAL_WINDOW_BYTES;

  long availableBytes() {
    return availableBytes;
  }

  void sent(int bytes) {
    availableBytes -= bytes;
  }

  /** Adds the peer's credit; false, and nothing changes, where the sum leaves 32 bits. */
  boolean grant(long creditBytes) {
    if (availableBytes + creditBytes > Frame.MAX_UNSIGNED_INT) {
      return false;
    }
    availableBytes += creditBytes;
    return true;
  }
}
