package dev.culvert.server.edge;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many responses may be compressed at a time, each of which takes some 270 KB of memory. Any
 * thread.
 */
final class CompressionPlaces {
  static final int MAX = 256;

  private final AtomicInteger taken = new AtomicInteger();

  /** False where there is none left: a response goes as it is then. */
  boolean take() {
    if (taken.incrementAndGet() > MAX) {
      taken.decrementAndGet();
      return false;
    }
    return true;
  }

  void giveBack() {
    taken.decrementAndGet();
  }

  /** How many are in use. */
  int taken() {
    return taken.get();
  }
}
