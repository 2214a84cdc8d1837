package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.Carrier;
import dev.culvert.bench.carrier.Echoed;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
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
 * 64 bytes there and back while other channels are full in one direction. Every round trip is a
 * sample. Over emulated links {@code bench/link-report} measures the same.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MixedLatencyBenchmark {
  @Param({"TCP", "TLS"})
  public Bearer bearer = Bearer.TCP;

  @Param({"STREAM", "CONNECTION"})
  public Carrier carrier = Carrier.STREAM;

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  @Param({"0", "4"})
  public int bulkChannels;

  private final Tally returned = new Tally();
  private final Echoed echoed = new Echoed(64, returned);
  private @Nullable Bulk bulk;
  private long expected;

  /** Starts both ends and the load. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    bulk = new Bulk(carrier, bearer, sockets);
    bulk.fill(bulkChannels);
    bulk.openEcho(echoed);
  }

  /** Closes both ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(bulk).close();
  }

  /** A round trip; the benchmark's own thread is woken for each. */
  @Benchmark
  public void echo() throws InterruptedException {
    echoed.send(1);
    returned.await(++expected);
  }
}
