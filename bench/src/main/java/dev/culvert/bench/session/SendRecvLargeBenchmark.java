package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.BulkSender;
import dev.culvert.bench.carrier.Carrier;
import dev.culvert.bench.carrier.Opener;
import dev.culvert.bench.carrier.Sink;
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
 * Much at once on one channel, as hashicorp/yamux's SendRecvLarge: an operation is 512 MiB, written
 * in parts of 64 KiB as the channel takes them, and read as they come.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SendRecvLargeBenchmark {
  @Param({"MEMORY", "TCP", "TLS"})
  public Bearer bearer = Bearer.MEMORY;

  @Param({"STREAM", "CONNECTION"})
  public Carrier carrier = Carrier.STREAM;

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  @Param("512")
  public int mebibytes = 512;

  private final Tally received = new Tally();
  private final BulkSender sender = new BulkSender();
  private @Nullable Opener opener;
  private long expected;

  /** Opens the channel. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    opener = carrier.start(bearer, sockets, Sink.acceptor(received));
    opener.openNow(sender);
  }

  /** Closes both ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(opener).close();
  }

  /** All of it. */
  @Benchmark
  public void sendRecvLarge() throws InterruptedException {
    long bytes = (long) mebibytes << 20;
    sender.send(bytes);
    expected += bytes;
    received.await(expected);
  }
}
