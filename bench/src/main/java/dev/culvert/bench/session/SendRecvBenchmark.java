package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.Carrier;
import dev.culvert.bench.carrier.MessageSender;
import dev.culvert.bench.carrier.Opener;
import dev.culvert.bench.carrier.Sink;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
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
 * Messages one way, as hashicorp/yamux's SendRecv: an operation is a write that is complete before
 * the next begins, read at the other end. Parallel: on as many streams as there are processors.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SendRecvBenchmark {
  private static final int MESSAGES = 2048;

  @Param({"MEMORY", "TCP", "TLS"})
  public Bearer bearer = Bearer.MEMORY;

  @Param({"STREAM", "CONNECTION"})
  public Carrier carrier = Carrier.STREAM;

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  @Param({"32", "64", "128", "256", "512", "1024", "2048", "4096"})
  public int bytes = 32;

  private final Tally received = new Tally();
  private final List<MessageSender> senders = new ArrayList<>();
  private @Nullable Opener opener;
  private long expected;

  /** Opens a channel for each processor. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    opener = carrier.start(bearer, sockets, Sink.acceptor(received));
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      MessageSender sender = new MessageSender(bytes);
      opener.openNow(sender);
      senders.add(sender);
    }
  }

  /** Closes both ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(opener).close();
  }

  /** On one channel. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void sendRecv() throws InterruptedException {
    senders.getFirst().send(MESSAGES);
    awaitAll();
  }

  /** On all of them. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void sendRecvParallel() throws InterruptedException {
    int left = MESSAGES;
    for (int i = senders.size(); i > 0; i--) {
      int share = left / i;
      senders.get(i - 1).send(share);
      left -= share;
    }
    awaitAll();
  }

  private void awaitAll() throws InterruptedException {
    expected += (long) MESSAGES * bytes;
    received.await(expected);
  }
}
