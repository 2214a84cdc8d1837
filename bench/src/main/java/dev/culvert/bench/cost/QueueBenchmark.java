package dev.culvert.bench.cost;

import dev.culvert.mux.SessionConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * Streams that take turns: each of them has a frame of 1,024 bytes to send, and all are carried to
 * the other session. An operation is one frame. The queue is not public, so this goes through
 * sessions; with one stream it is what {@link CoreBenchmark} measures.
 */
@State(Scope.Thread)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBenchmark {
  private static final int FRAMES = 1000;
  private static final int PAYLOAD_BYTES = 1024;

  @Param({"1", "100", "1000"})
  public int streams = 1;

  private final CoreEnds ends = new CoreEnds(SessionConfig.STANDARD);
  private final List<CoreEnds.Sink> sources = new ArrayList<>();

  /** Opens the streams. */
  @Setup(Level.Trial)
  public void open() {
    for (int i = 0; i < streams; i++) {
      sources.add(ends.open());
    }
    ends.carry();
  }

  /** Ends the sessions. */
  @TearDown(Level.Trial)
  public void close() {
    ends.close();
  }

  /** In as many rounds as it takes. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public void turns() {
    for (int round = 0; round < FRAMES / streams; round++) {
      for (int i = 0; i < streams; i++) {
        sources.get(i).send(PAYLOAD_BYTES);
      }
      ends.carry();
    }
  }
}
