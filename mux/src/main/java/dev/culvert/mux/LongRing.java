package dev.culvert.mux;

/** A bounded first-in first-out queue of numbers that never allocates after it is made. */
final class LongRing {
  private final long[] values;
  private int head;
  private int size;

  LongRing(int capacity) {
    this.values = new long[capacity];
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** False, and nothing is added, where the ring is full. */
  boolean offer(long value) {
    if (size == values.length) {
      return false;
    }
    values[(head + size++) % values.length] = value;
    return true;
  }

  /** The oldest value; only while not empty. */
  long poll() {
    long value = values[head];
    head = (head + 1) % values.length;
    size--;
    return value;
  }
}
