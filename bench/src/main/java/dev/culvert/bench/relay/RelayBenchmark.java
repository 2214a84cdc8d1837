package dev.culvert.bench.relay;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
import dev.culvert.tls.TlsProvider;
import java.util.ArrayList;
import java.util.List;
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
 * Bytes through a whole tunnel, all in one process: an operation is a MiB, so the score is MiB a
 * second. Each visitor moves its share of 64 MiB, and the next 64 begin when all of them have.
 * Without TLS the provider makes no difference.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RelayBenchmark {
  private static final int MEBIBYTES = 64;

  /** From where to where. */
  public enum Direction {
    /** From the service to the visitors. */
    DOWN,
    /** From the visitors to the service. */
    UP
  }

  @Param({"TUNNEL", "RELAY", "TCP", "TLS"})
  public Path path = Path.TUNNEL;

  @Param({"EPOLL", "NIO", "IO_URING"})
  public Sockets sockets = Sockets.EPOLL;

  @Param({"BORINGSSL", "JDK"})
  public TlsProvider provider = TlsProvider.BORINGSSL;

  @Param({"1", "8", "100"})
  public int streams = 1;

  @Param({"DOWN", "UP"})
  public Direction direction = Direction.DOWN;

  private final Tally done = new Tally();
  private final List<VisitorHandler> handlers = new ArrayList<>();
  private @Nullable Visitors visitors;
  private long expected;

  /** Starts all, and connects the visitors. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    visitors = new Visitors(path, sockets, provider);
    long share = ((long) MEBIBYTES << 20) / streams;
    Exchange exchange =
        direction == Direction.UP ? new Exchange(share, 1, false) : new Exchange(0, share, false);
    for (int i = 0; i < streams; i++) {
      VisitorHandler handler = new VisitorHandler(exchange, done);
      visitors.connect(handler).get(20, TimeUnit.SECONDS);
      handlers.add(handler);
    }
  }

  /** Closes all. */
  @TearDown(Level.Trial)
  public void close() throws Exception {
    requireNonNull(visitors).close();
  }

  /** All visitors at once. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public void bulk() throws InterruptedException {
    handlers.forEach(handler -> handler.exchange(1));
    expected += streams;
    done.await(expected);
  }
}
