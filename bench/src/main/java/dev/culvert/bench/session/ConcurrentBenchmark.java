package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.Carrier;
import dev.culvert.bench.carrier.Sockets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * The grid of rust-yamux's {@code concurrent}: so many streams, each with so many messages of 4,096
 * bytes, one way. An operation is all of them, from opening the first to the end of the last.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ConcurrentBenchmark {
  private static final int MESSAGE_BYTES = 4096;

  @Param({"MEMORY", "TCP", "TLS"})
  public Bearer bearer = Bearer.MEMORY;

  @Param({"STREAM", "CONNECTION"})
  public Carrier carrier = Carrier.STREAM;

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  @Param({"1", "10", "100"})
  public int streams = 1;

  @Param({"1", "10", "100"})
  public int messages = 1;

  private @Nullable Burst burst;

  /** Starts both ends. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    burst = new Burst(carrier, bearer, sockets, messages, MESSAGE_BYTES, streams);
  }

  /** Closes both ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(burst).close();
  }

  /** The grid's cell. */
  @Benchmark
  public void concurrent() throws InterruptedException {
    requireNonNull(burst).run(streams);
  }
}
