package dev.culvert.bench.cost;

import dev.culvert.mux.Frame;
import dev.culvert.mux.SessionConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The receiving half of {@link CoreBenchmark}: the same batch of data frames is decoded again and
 * again, counted against the stream's window, consumed, and its credit encoded. An operation is one
 * frame. The codec is not public, so this goes through a session.
 */
@State(Scope.Thread)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
  private static final int FRAMES = 8;
  private static final int BATCH_BYTES = FRAMES * 16 * 1024;

  @Param({"64", "1024", "16372"})
  public int payloadBytes = 16_372;

  private final CoreEnds ends = new CoreEnds(SessionConfig.STANDARD);
  private final CoreEnds.Sink source = ends.open();
  private final ByteBuf batch = ByteBufAllocator.DEFAULT.directBuffer(BATCH_BYTES);
  private final ByteBuf credit = ByteBufAllocator.DEFAULT.directBuffer(BATCH_BYTES);
  private long nowNanos;

  /** Has the other session write the frames, and keeps them. */
  @Setup(Level.Trial)
  public void capture() {
    ends.carry();
    for (int i = 0; i < FRAMES; i++) {
      source.send(payloadBytes);
      ends.client.pollOutput(batch, payloadBytes + 2 * Frame.HEADER_BYTES + 1, 0);
    }
    int expected = FRAMES * (payloadBytes + Frame.HEADER_BYTES);
    if (batch.readableBytes() != expected) {
      throw new IllegalStateException(
          "batch: " + batch.readableBytes() + " bytes (expected: " + expected + ")");
    }
  }

  /** Ends the sessions. */
  @TearDown(Level.Trial)
  public void close() {
    ends.close();
    batch.release();
    credit.release();
  }

  /** The batch, and the credit for it. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public void decode() {
    nowNanos += 1000;
    ends.server.receive(batch.readerIndex(0).retain(), nowNanos);
    credit.clear();
    ends.server.pollOutput(credit, 1024, nowNanos);
  }
}
