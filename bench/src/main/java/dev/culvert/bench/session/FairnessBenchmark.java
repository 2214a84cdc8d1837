package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.Carrier;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
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

/** A mebibyte on eight full channels, and how evenly they share. */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FairnessBenchmark {
  private static final int CHANNELS = 8;

  @Param({"TCP", "TLS"})
  public Bearer bearer = Bearer.TCP;

  @Param({"STREAM", "CONNECTION"})
  public Carrier carrier = Carrier.STREAM;

  @Param("EPOLL")
  public Sockets sockets = Sockets.EPOLL;

  private @Nullable Bulk bulk;

  /** Starts both ends and the load. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    bulk = new Bulk(carrier, bearer, sockets);
    bulk.fill(CHANNELS);
    bulk.received.await(1 << 20);
  }

  /** Closes both ends. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(bulk).close();
  }

  /** Jain's index of what came on each channel in an iteration, times 1,000: 1,000 is even. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Shares {
    public long jainPerMille;
    private long[] before = {};

    /** Starts over. */
    @Setup(Level.Iteration)
    public void begin(FairnessBenchmark benchmark) {
      before = benchmark.counts();
    }

    /** Takes stock. */
    @TearDown(Level.Iteration)
    public void end(FairnessBenchmark benchmark) {
      long[] after = benchmark.counts();
      double sum = 0;
      double sumOfSquares = 0;
      for (int i = 0; i < after.length; i++) {
        double share = after[i] - (i < before.length ? before[i] : 0);
        sum += share;
        sumOfSquares += share * share;
      }
      jainPerMille = Math.round(1000 * sum * sum / (CHANNELS * sumOfSquares));
    }
  }

  private long[] counts() {
    return requireNonNull(bulk).shares.stream().mapToLong(Tally::count).toArray();
  }

  /** All of them. */
  @Benchmark
  public void fairness(Shares shares) throws InterruptedException {
    Tally received = requireNonNull(bulk).received;
    received.await(received.count() + (1 << 20));
  }
}
