package dev.culvert.bench.relay;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
import dev.culvert.tls.TlsProvider;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
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
 * Requests of 100 bytes and answers of 600 through a whole tunnel, all in one process, 64 visitors
 * at a time: an operation is a request, so the score is requests a second.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RequestBenchmark {
  private static final int VISITORS = 64;
  private static final int REQUESTS = 1024;
  private static final Exchange KEEP_ALIVE = new Exchange(100, 600, false);
  private static final Exchange LAST = new Exchange(100, 600, true);

  @Param({"TUNNEL", "RELAY", "TCP", "TLS"})
  public Path path = Path.TUNNEL;

  @Param({"EPOLL", "NIO", "IO_URING"})
  public Sockets sockets = Sockets.EPOLL;

  @Param({"BORINGSSL", "JDK"})
  public TlsProvider provider = TlsProvider.BORINGSSL;

  private final Tally done = new Tally();
  private final Semaphore slots = new Semaphore(VISITORS);
  private final List<VisitorHandler> handlers = new ArrayList<>();
  private @Nullable Visitors visitors;
  private long expected;

  /** Starts all, and connects those that stay. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    visitors = new Visitors(path, sockets, provider);
    for (int i = 0; i < VISITORS; i++) {
      VisitorHandler handler = new VisitorHandler(KEEP_ALIVE, done);
      visitors.connect(handler).get(20, TimeUnit.SECONDS);
      handlers.add(handler);
    }
  }

  /** Closes all. */
  @TearDown(Level.Trial)
  public void close() throws Exception {
    requireNonNull(visitors).close();
  }

  /** On connections that stay, each with one request at a time. */
  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public void keepAlive() throws InterruptedException {
    handlers.forEach(handler -> handler.exchange(REQUESTS / VISITORS));
    expected += REQUESTS;
    done.await(expected);
  }

  /** Each on a connection of its own, which the service ends. */
  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public void newConnection() throws InterruptedException {
    for (int i = 0; i < REQUESTS; i++) {
      if (!slots.tryAcquire(20, TimeUnit.SECONDS)) {
        done.fail(new IllegalStateException("visitors that do not end"));
      }
      VisitorHandler handler = new VisitorHandler(LAST, done);
      requireNonNull(visitors).connect(handler).addListener(connected -> ask(handler, connected));
    }
    expected += REQUESTS;
    done.await(expected);
  }

  private void ask(VisitorHandler handler, Future<?> connected) {
    if (connected.isSuccess()) {
      handler.exchange(1);
      ((Channel) requireNonNull(connected.getNow()))
          .closeFuture()
          .addListener(closed -> slots.release());
    } else {
      done.fail(connected.cause());
    }
  }
}
