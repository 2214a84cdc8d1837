package dev.culvert.mux;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all sessions of a process together may hold of bytes received and not yet consumed.
 *
 * <p>Two accounts. <i>Growth</i> is what windows may exceed their initial size by, reserved before
 * it is granted, half of the budget at most. <i>Unread</i> is what is really held; initial windows
 * are granted without reserve, since few streams ever fill theirs, so this can reach the limit, and
 * then the sessions with more than their share reset the streams that hold most.
 *
 * <p>Any thread.
 */
public final class MemoryBudget {
  /** The budget of this process: half of what the JVM lets its buffers have by default. */
  public static final MemoryBudget PROCESS =
      new MemoryBudget(Math.max(Frame.INITIAL_WINDOW_BYTES, Runtime.getRuntime().maxMemory() / 2));

  private final long maxBytes;
  private final AtomicLong growthBytes = new AtomicLong();
  private final AtomicLong unreadBytes = new AtomicLong();
  private final AtomicInteger sessions = new AtomicInteger();

  /** A budget of {@code maxBytes}. */
  public MemoryBudget(long maxBytes) {
    if (maxBytes < Frame.INITIAL_WINDOW_BYTES) {
      throw new IllegalArgumentException(
          "maxBytes: " + maxBytes + " (expected: >= " + Frame.INITIAL_WINDOW_BYTES + ")");
    }
    this.maxBytes = maxBytes;
  }

  /** What is held now. */
  public long unreadBytes() {
    return unreadBytes.get();
  }

  /** What windows exceed their initial size by now. */
  public long growthBytes() {
    return growthBytes.get();
  }

  void addSession() {
    sessions.incrementAndGet();
  }

  /** A session is over; what it held has been taken back already. */
  void removeSession() {
    sessions.decrementAndGet();
  }

  /**
   * Reserves bytes for a window to grow by; false, and nothing changes, where they are not there.
   */
  boolean reserveGrowth(long bytes) {
    long before = growthBytes.getAndAdd(bytes);
    if (before + bytes > maxBytes / 2) {
      growthBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void releaseGrowth(long bytes) {
    growthBytes.addAndGet(-bytes);
  }

  /** Counts bytes that came, or with a negative number bytes that were consumed. */
  void addUnread(long bytes) {
    unreadBytes.addAndGet(bytes);
  }

  /** Half of the budget is held: windows should rather shrink. */
  boolean isTight() {
    return unreadBytes.get() > maxBytes / 2;
  }

  /** The budget is exceeded, and by a session that holds {@code bytes} more than others must. */
  boolean isExceededBy(long bytes) {
    return unreadBytes.get() > maxBytes && bytes > maxBytes / Math.max(1, sessions.get());
  }
}
