package dev.culvert.bench.carrier;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts what event loops did, and lets a benchmark's thread wait for it. Any thread. */
public final class Tally {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private long count;
  private long awaited = Long.MAX_VALUE;
  private @Nullable Throwable failure;

  public synchronized void add(long more) {
    count += more;
    if (count >= awaited) {
      notifyAll();
    }
  }

  public synchronized long count() {
    return count;
  }

  /** Whoever waits, now or later, gets {@code cause}. */
  public synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  /** Waits until {@code count} in all have been added. One thread at a time. */
  public synchronized void await(long total) throws InterruptedException {
    awaited = total;
    long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
    while (count < total && failure == null) {
      long leftNanos = deadlineNanos - System.nanoTime();
      if (leftNanos <= 0) {
        throw new IllegalStateException("tally: " + count + " (expected: " + total + ")");
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }
}
