package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.Carrier;
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
 * A mebibyte on four full channels while others are full that nobody reads: the more of these make
 * no difference, the better the channels are isolated.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SlowReaderBenchmark {
  @Param({"TCP", "TLS"})
  public Bearer bearer = Bearer.TCP;

  @Param({"STREAM", "CONNECTION"})
  public Carrier carrier = Carrier.STREAM;

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  @Param({"0", "1", "16"})
  public int unread;

  private @Nullable Bulk bulk;

  /** Starts both ends and the load. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    bulk = new Bulk(carrier, bearer, sockets);
    bulk.fillUnread(unread);
    bulk.fill(4);
  }

  /** Closes both ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(bulk).close();
  }

  /** Those that are read. */
  @Benchmark
  public void slowReaderIsolation() throws InterruptedException {
    Tally received = requireNonNull(bulk).received;
    received.await(received.count() + (1 << 20));
  }
}
