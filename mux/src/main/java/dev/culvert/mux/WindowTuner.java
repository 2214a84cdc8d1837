package dev.culvert.mux;

/**
 * Sizes the receive windows of one session by its round trip and within its memory, and counts what
 * the session holds.
 *
 * <p>Windows grow out of half of the session's memory and half of the process's; what is held, read
 * but not consumed, counts against the whole of both.
 */
final class WindowTuner {
  private final int initialBytes;
  private final int maxWindowBytes;
  private final long maxMemoryBytes;
  private final MemoryBudget process;
  private final RoundTrip roundTrip = new RoundTrip();
  private long growthBytes;
  private long unreadBytes;

  WindowTuner(SessionConfig config, MemoryBudget process) {
    this.initialBytes = config.windowBytes();
    this.maxWindowBytes = config.maxWindowBytes();
    this.maxMemoryBytes = config.maxMemoryBytes();
    this.process = process;
    process.addSession();
  }

  ReceiveWindow newWindow() {
    return new ReceiveWindow(initialBytes);
  }

  RoundTrip roundTrip() {
    return roundTrip;
  }

  void received(long bytes) {
    unreadBytes += bytes;
    process.addUnread(bytes);
  }

  void consumed(long bytes) {
    unreadBytes -= bytes;
    process.addUnread(-bytes);
  }

  /** Sets the window's size and takes the credit to send now. */
  long takeCredit(ReceiveWindow window, long nowNanos) {
    boolean isTight = isMemoryTight();
    if (window.wantsToShrink(isTight, nowNanos)) {
      release(window.shrink());
    } else if (!isTight && window.wantsGrowth(roundTrip, nowNanos)) {
      long growth = Math.min(window.windowBytes(), maxWindowBytes - window.windowBytes());
      if (growth > 0 && reserve(growth)) {
        window.grow(growth);
      }
    }
    return window.takeCredit(nowNanos);
  }

  /** The stream is closed: its window grants nothing more. */
  void close(ReceiveWindow window) {
    release(window.growthBytes());
  }

  private boolean reserve(long bytes) {
    if (growthBytes + bytes > maxMemoryBytes / 2 || !process.reserveGrowth(bytes)) {
      return false;
    }
    growthBytes += bytes;
    return true;
  }

  private void release(long bytes) {
    growthBytes -= bytes;
    process.releaseGrowth(bytes);
  }

  /** Half of what may be held is held. */
  boolean isMemoryTight() {
    return unreadBytes > maxMemoryBytes / 2 || process.isTight();
  }

  /** More is held than may be: the stream that holds most has to go. */
  boolean isMemoryExceeded() {
    return unreadBytes > maxMemoryBytes || process.isExceededBy(unreadBytes);
  }

  /** The session is over. */
  void close() {
    process.removeSession();
  }
}
