package dev.culvert.bench.demo;

import java.util.Locale;

/** Amounts of bytes, as the probes word them. */
final class Throughput {
  private static final double MIB = 1 << 20;

  private Throughput() {}

  /** For example {@code 64 MiB in 0.21 s, 305 MiB/s}. */
  static String since(long startNanos, long bytes) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    double mib = bytes / MIB;
    return String.format(
        Locale.ROOT, "%.0f MiB in %.2f s, %.0f MiB/s", mib, seconds, mib / seconds);
  }

  /** For example {@code 12,345 of 67,108,864 bytes}. */
  static String ofTotal(long bytes, long totalBytes) {
    return String.format(Locale.ROOT, "%,d of %,d bytes", bytes, totalBytes);
  }
}
