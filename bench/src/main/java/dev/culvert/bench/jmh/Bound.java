package dev.culvert.bench.jmh;

/**
 * What a figure of a benchmark must lie between.
 *
 * @param metric JMH's name of a secondary result
 * @param least so that a benchmark that does nothing is noticed
 */
record Bound(String metric, double least, double most) {
  /** Bytes allocated per operation. */
  static Bound allocatedBytes(double most) {
    return new Bound("gc.alloc.rate.norm", 0, most);
  }

  boolean holds(double value) {
    return value >= least && value <= most;
  }
}
