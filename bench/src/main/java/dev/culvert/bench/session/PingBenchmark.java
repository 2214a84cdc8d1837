package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Accepted;
import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.ConnectionEnds;
import dev.culvert.bench.carrier.Echoed;
import dev.culvert.bench.carrier.Opener;
import dev.culvert.bench.carrier.SessionEnds;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
import dev.culvert.mux.SessionConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
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
 * 64 bytes there and back, one after the other, over a stream and over a connection beside it. It
 * is not the session's own ping as in hashicorp/yamux: a session ends that is pinged as fast as it
 * goes.
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

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  private final Tally returned = new Tally();
  private final Echoed overStream = new Echoed(ECHO_BYTES, returned);
  private final Echoed overConnection = new Echoed(ECHO_BYTES, returned);
  private @Nullable SessionEnds session;
  private @Nullable Opener connections;
  private long expected;

  /** Connects, with and without a session. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    session = new SessionEnds(bearer, sockets, SessionConfig.STANDARD, acceptor());
    session.openNow(overStream);
    connections = new ConnectionEnds(bearer, sockets, acceptor());
    connections.openNow(overConnection);
  }

  private static ChannelInitializer<Channel> acceptor() {
    return Accepted.acceptor(new Tally(), new CopyOnWriteArrayList<>());
  }

  /** Closes all ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(session).close();
    requireNonNull(connections).close();
  }

  /** Over a stream. */
  @Benchmark
  @OperationsPerInvocation(PINGS)
  public void streamEcho() throws InterruptedException {
    overStream.send(PINGS);
    awaitAll();
  }

  /** Without a multiplexer. */
  @Benchmark
  @OperationsPerInvocation(PINGS)
  public void connectionEcho() throws InterruptedException {
    overConnection.send(PINGS);
    awaitAll();
  }

  private void awaitAll() throws InterruptedException {
    expected += PINGS;
    returned.await(expected);
  }
}
