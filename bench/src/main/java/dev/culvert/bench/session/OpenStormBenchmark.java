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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Ten thousand channels opened as fast as it goes, a thousand of them open at once, each for one
 * message of 64 bytes. An operation is one channel.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OpenStormBenchmark {
  private static final int CHANNELS = 10_000;
  private static final int AT_ONCE = 1000;

  @Param({"MEMORY", "TCP", "TLS"})
  public Bearer bearer = Bearer.MEMORY;

  @Param({"STREAM", "CONNECTION"})
  public Carrier carrier = Carrier.STREAM;

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  private @Nullable Burst burst;

  /** Starts both ends. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    burst = new Burst(carrier, bearer, sockets, 1, 64, AT_ONCE);
  }

  /** Closes both ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(burst).close();
  }

  /** The storm. */
  @Benchmark
  @OperationsPerInvocation(CHANNELS)
  public void openStorm() throws InterruptedException {
    requireNonNull(burst).run(CHANNELS);
  }
}
