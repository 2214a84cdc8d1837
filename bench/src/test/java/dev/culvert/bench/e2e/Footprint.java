package dev.culvert.bench.e2e;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.ManagementFactory;

/**
 * What this process holds: live threads, open files, and bytes.
 *
 * @param directBytes what the buffers' allocator holds
 */
record Footprint(int threads, long files, long heapBytes, long directBytes) {
  /** After collecting garbage. */
  static Footprint take() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return new Footprint(
        ManagementFactory.getThreadMXBean().getThreadCount(),
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
            .getOpenFileDescriptorCount(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory());
  }
}
