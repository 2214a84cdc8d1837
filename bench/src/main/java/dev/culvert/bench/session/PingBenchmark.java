package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Accepted;
import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.Carrier;
import dev.culvert.bench.carrier.Echoed;
import dev.culvert.bench.carrier.Opener;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
import java.util.concurrent.CopyOnWriteArrayList;
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
 * 64 bytes there and back on an open channel, one after the other. It is not the session's own ping
 * as in hashicorp/yamux: a session ends that is pinged as fast as it goes; {@code
 * cost.SessionPingBenchmark} has that, in virtual time.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PingBenchmark {
  private static final int PINGS = 512;
  private static final int ECHO_BYTES = 64;

  @Param({"MEMORY", "TCP", "TLS"})
  public Bearer bearer = Bearer.MEMORY;

  @Param({"STREAM", "CONNECTION"})
  public Carrier carrier = Carrier.STREAM;

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  private final Tally returned = new Tally();
  private final Echoed echoed = new Echoed(ECHO_BYTES, returned);
  private @Nullable Opener opener;
  private long expected;

  /** Opens the channel. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    opener =
        carrier.start(
            bearer, sockets, Accepted.acceptor(new Tally(), new CopyOnWriteArrayList<>()));
    opener.openNow(echoed);
  }

  /** Closes both ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(opener).close();
  }

  /** There and back. */
  @Benchmark
  @OperationsPerInvocation(PINGS)
  public void ping() throws InterruptedException {
    echoed.send(PINGS);
    expected += PINGS;
    returned.await(expected);
  }
}
