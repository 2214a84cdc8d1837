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
 * A data frame's way through both sessions, without a transport: cut, framed, decoded, consumed,
 * and its share of credit. An operation is one frame.
 */
@State(Scope.Thread)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CoreBenchmark {
  private static final int FRAMES = 256;
  private static final int BUFFER_BYTES = 64 * 1024;

  @Param({"64", "1024", "16372"})
  public int payloadBytes = 16_372;

  private CoreEnds ends = new CoreEnds(SessionConfig.STANDARD);
  private CoreEnds.Sink source = ends.open();

  private final ByteBuf asRead = ByteBufAllocator.DEFAULT.directBuffer(BUFFER_BYTES);

  /** Opens the stream. */
  @Setup(Level.Trial)
  public void open() {
    ends.carry();
  }

  /** Ends the sessions. */
  @TearDown(Level.Trial)
  public void close() {
    ends.close();
    asRead.release();
  }

  /** Frames of one stream, one after the other. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public void frame() {
    for (int i = 0; i < FRAMES; i++) {
      source.send(payloadBytes);
      ends.carry();
    }
  }

  /** The same where what was read is the frame as soon as the header is in front of it. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public void frameAsRead() {
    for (int i = 0; i < FRAMES; i++) {
      asRead.setIndex(Frame.HEADER_BYTES, Frame.HEADER_BYTES + payloadBytes);
      source.sendFrame(asRead);
      ends.carry();
    }
  }
}
