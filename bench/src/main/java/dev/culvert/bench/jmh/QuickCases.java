package dev.culvert.bench.jmh;

import static dev.culvert.bench.jmh.Bound.allocatedBytes;

import dev.culvert.bench.cost.CoreBenchmark;
import dev.culvert.bench.cost.IdleStreamFootprint;
import dev.culvert.bench.cost.WriteBenchmark;
import java.util.List;

/** What the quick run runs. */
final class QuickCases {
  /**
   * JMH allocates a little itself, which is more to an operation the slower the machine is; an
   * object takes 16.
   */
  private static final Bound NOTHING = allocatedBytes(8);

  private static final String HEAP_BYTES = "heapBytesPerStream";

  static final List<QuickCase> ALL =
      List.of(
          new QuickCase(CoreBenchmark.class, "frame").within(NOTHING),
          new QuickCase(WriteBenchmark.class, "write").within(allocatedBytes(1024)),
          new QuickCase(IdleStreamFootprint.class, "stream")
              .within(new Bound(HEAP_BYTES, 50, 1024)),
          new QuickCase(IdleStreamFootprint.class, "channel")
              .within(new Bound(HEAP_BYTES, 100, 3072)));

  private QuickCases() {}
}
