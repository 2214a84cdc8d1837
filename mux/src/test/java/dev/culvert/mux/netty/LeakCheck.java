package dev.culvert.mux.netty;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class in which a buffer was dropped without being released.
 *
 * <p>A leak is found when the garbage collector finds the buffer, so the end of the class waits for
 * the collector. Event loops must have been shut down by then: what still holds a buffer has not
 * leaked it.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

  @Override
  public void beforeAll(ExtensionContext context) {
    watch();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    List<String> leaks = leaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError(leaks.size() + " leaks, the first: " + leaks.getFirst());
    }
  }

  static void watch() {
    if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
      throw new IllegalStateException(
          "leaks are not looked for: start the JVM with -Dio.netty.leakDetection.level=paranoid");
    }
    ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + records));
  }

  /** The leaks found since the last call, each with where its buffer was made and last used. */
  static List<String> leaks() {
    awaitCollection();
    awaitCollection(); // whatever the first one found has been handed over now
    PooledByteBufAllocator.DEFAULT.directBuffer(1).release(); // makes the detector look
    List<String> leaks = List.copyOf(LEAKS);
    LEAKS.clear();
    return leaks;
  }

  private static void awaitCollection() {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    WeakReference<Object> dropped = new WeakReference<>(new Object(), collected);
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (!dropped.equals(collected.poll())) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new AssertionError("the garbage collector finds nothing");
      }
      System.gc();
    }
  }
}
