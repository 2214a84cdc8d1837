package dev.culvert.bench.cost;

import dev.culvert.mux.SessionConfig;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The heap that a stream takes while nothing happens on it: of the core's streams 100,000 on one
 * session, of channels 20,000, each opened, acknowledged, used once and left alone. What the
 * application keeps for a stream, a listener or a handler of a few bytes, is in it.
 */
@State(Scope.Thread)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 1)
@Fork(1)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class IdleStreamFootprint {
  private static final int STREAMS = 100_000;
  private static final int CHANNELS = 20_000;
  private static final byte[] MESSAGE = new byte[100];

  /** The figure that this is about. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Footprint {
    public long heapBytesPerStream;

    /** Starts over. */
    @Setup(Level.Iteration)
    public void reset() {
      heapBytesPerStream = 0;
    }
  }

  private static long usedHeapBytes() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  /** Streams of the sans-IO core; both ends are on this heap, so each counts for half. */
  @Benchmark
  public CoreEnds stream(Footprint footprint) {
    CoreEnds ends = new CoreEnds(SessionConfig.STANDARD.withMaxStreams(STREAMS, STREAMS));
    long before = usedHeapBytes();
    for (int i = 0; i < STREAMS; i++) {
      ends.open().send(100);
      if (i % 100 == 0) {
        ends.carry();
      }
    }
    ends.carry();
    expectOpen(ends.server.openStreams(), STREAMS);
    footprint.heapBytesPerStream = (usedHeapBytes() - before) / (2 * STREAMS);
    return ends;
  }

  /** Streams as Netty channels with one handler each; both ends, so each counts for half. */
  @Benchmark
  public ChannelEnds channel(Footprint footprint) {
    ChannelEnds ends = new ChannelEnds(SessionConfig.STANDARD.withMaxStreams(CHANNELS, CHANNELS));
    long before = usedHeapBytes();
    for (int i = 0; i < CHANNELS; i++) {
      ends.open().writeAndFlush(Unpooled.wrappedBuffer(MESSAGE));
      if (i % 100 == 0) {
        ends.carry();
      }
    }
    ends.carry();
    expectOpen(ends.openAtTheServer(), CHANNELS);
    footprint.heapBytesPerStream = (usedHeapBytes() - before) / (2 * CHANNELS);
    return ends;
  }

  private static void expectOpen(int actual, int expected) {
    if (actual != expected) {
      throw new IllegalStateException("open streams: " + actual + " (expected: " + expected + ")");
    }
  }
}
