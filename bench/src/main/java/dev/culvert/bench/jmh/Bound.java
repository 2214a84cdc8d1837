package dev.culvert.bench.jmh;

/**
 * What a figure of a benchmark must lie between.
 *
 * @param metric JMH's name of a secondary result
 * @param least so that a benchmark that does nothing is noticed
 */
record Bound(String metric, double least, double most) {
  static final String ALLOCATED_BYTES = "gc.alloc.rate.norm";

  Bound {
    if (!(least <= most)) {
      throw new IllegalArgumentException("bound: " + least + " to " + most + " (expected: <=)");
    }
  }

  /** Bytes allocated per operation. */
  static Bound allocatedBytes(double most) {
    return new Bound(ALLOCATED_BYTES, 0, most);
  }

  boolean holds(double value) {
    return value >= least && value <= most;
  }

  @Override
  public String toString() {
    return "%.0f to %.0f".formatted(least, most);
  }
}
