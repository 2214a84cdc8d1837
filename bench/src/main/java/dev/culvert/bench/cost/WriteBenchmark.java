package dev.culvert.bench.cost;

import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A write to a stream's channel, all the way to the other end's {@code channelRead}, over two
 * embedded connections. An operation is one write and flush; what the embedded channels cost
 * themselves is in it.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WriteBenchmark {
  @Param({"64", "16372"})
  public int bytes = 16_372;

  private final ChannelEnds ends = new ChannelEnds(SessionConfig.STANDARD);
  private final StreamChannel stream = ends.open();
  private ByteBuf payload = ByteBufAllocator.DEFAULT.directBuffer(bytes);

  /** Opens the stream. */
  @Setup(Level.Trial)
  public void open() {
    payload.release();
    payload = ByteBufAllocator.DEFAULT.directBuffer(bytes).writeZero(bytes);
    ends.carry();
  }

  /** Closes both connections. */
  @TearDown(Level.Trial)
  public void close() {
    payload.release();
    ends.close();
  }

  /** One write, its promise, its frames, its read and its credit. */
  @Benchmark
  public void write() {
    stream.writeAndFlush(payload.retainedDuplicate());
    ends.carry();
  }
}
