package dev.culvert.bench.cost;

import dev.culvert.mux.SessionConfig;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A session's own ping, there and back without a transport. A millisecond of virtual time passes
 * between two: with less, the peer ends the session as flooded.
 */
@State(Scope.Thread)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SessionPingBenchmark {
  private final CoreEnds ends = new CoreEnds(SessionConfig.STANDARD);

  /** Ends the sessions. */
  @TearDown(Level.Trial)
  public void close() {
    ends.close();
  }

  /** There and back. */
  @Benchmark
  public void ping() {
    ends.ping();
  }
}
