package dev.culvert.bench.link;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a link: a bounded queue, the wire behind it, and what is under way on the wire.
 *
 * <p>One thread puts bytes in and waits where there is no room; another takes them out when they
 * arrive. Neither lateness of a thread nor the size of a part changes the rate: the wire's times
 * follow each other without gaps as long as the queue has something to send.
 */
final class Wire {
  /*
   * Invariants:
   * - parts are in order of arrival; heldBytes are theirs.
   * - the wire is busy until busyUntilNanos, so what waits in the queue takes until then to leave.
   */
  private record Part(ByteBuf bytes, long arrivalNanos) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition arrival = lock.newCondition();
  private final ArrayDeque<Part> parts = new ArrayDeque<>();
  private final SplittableRandom random;
  private volatile LinkSettings settings;
  private long heldBytes;
  private long busyUntilNanos;
  private long lastArrivalNanos;
  private boolean isStalled;
  private boolean isFinished;
  private boolean isClosed;

  Wire(LinkSettings settings, long seed) {
    this.settings = settings;
    this.random = new SplittableRandom(seed);
    this.busyUntilNanos = System.nanoTime();
    this.lastArrivalNanos = busyUntilNanos;
  }

  /** How many bytes a part should have at most. */
  int partBytes() {
    return settings.partBytes();
  }

  /** Takes the bytes, waiting for room; false, and they are released, once the wire is closed. */
  boolean put(ByteBuf bytes) throws InterruptedException {
    lock.lock();
    try {
      awaitRoom();
      if (isClosed) {
        bytes.release();
        return false;
      }
      int length = bytes.readableBytes();
      long nowNanos = System.nanoTime();
      busyUntilNanos = latest(busyUntilNanos, nowNanos) + settings.sendingNanos(length);
      parts.add(new Part(bytes, nextArrival(busyUntilNanos)));
      heldBytes += length;
      if (parts.size() == 1) {
        arrival.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom() throws InterruptedException {
    while (!isClosed) {
      long backlogNanos = busyUntilNanos - System.nanoTime();
      long excessNanos = backlogNanos - settings.sendingNanos(settings.queueBytes());
      if (excessNanos > 0) {
        room.awaitNanos(excessNanos);
      } else if (heldBytes >= settings.capacityBytes()) {
        room.await();
      } else {
        return;
      }
    }
  }

  private long nextArrival(long departureNanos) {
    long jitterNanos = settings.jitter().toNanos();
    long delayNanos =
        settings.delay().toNanos() + (jitterNanos == 0 ? 0 : random.nextLong(jitterNanos + 1));
    lastArrivalNanos = latest(lastArrivalNanos, departureNanos + delayNanos);
    return lastArrivalNanos;
  }

  /** No bytes follow. */
  void finish() {
    lock.lock();
    try {
      isFinished = true;
      nextArrival(latest(busyUntilNanos, System.nanoTime()));
      arrival.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The bytes that arrive next, when they do; null when the end has arrived or the wire is closed.
   */
  @Nullable ByteBuf take() throws InterruptedException {
    lock.lock();
    try {
      while (!isClosed) {
        Part next = parts.peek();
        if (isStalled || (next == null && !isFinished)) {
          arrival.await();
          continue;
        }
        long waitNanos =
            (next == null ? lastArrivalNanos : next.arrivalNanos()) - System.nanoTime();
        if (waitNanos > 0) {
          arrival.awaitNanos(waitNanos);
        } else if (next == null) {
          return null;
        } else {
          remove();
          return next.bytes();
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void remove() {
    boolean wasFull = heldBytes >= settings.capacityBytes();
    heldBytes -= parts.remove().bytes().readableBytes();
    if (wasFull) {
      room.signal();
    }
  }

  /** Waits while the link is stalled. */
  void awaitPassage() throws InterruptedException {
    lock.lock();
    try {
      while (isStalled && !isClosed) {
        arrival.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Changes what the wire is like for bytes that are put in from now on. */
  void settings(LinkSettings changed) {
    change(() -> settings = changed);
  }

  void stall() {
    change(() -> isStalled = true);
  }

  void resume() {
    change(() -> isStalled = false);
  }

  /** Drops what is under way and lets nobody wait any more. */
  void close() {
    change(() -> {
      isClosed = true;
      parts.forEach(part -> part.bytes().release());
      parts.clear();
      heldBytes = 0;
    });
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      room.signalAll();
      arrival.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static long latest(long a, long b) {
    return a - b >= 0 ? a : b;
  }
}
