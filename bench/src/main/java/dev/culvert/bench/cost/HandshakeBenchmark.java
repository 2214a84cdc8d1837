package dev.culvert.bench.cost;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.BenchmarkTls;
import dev.culvert.tls.NegotiatedTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
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
 * A tunnel's TLS handshake at both ends, from nothing to the close, tickets included, without
 * sockets. The client pins the server's key.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandshakeBenchmark {

  /** Whether the client has a ticket. */
  public enum Kind {
    FULL,
    RESUMED
  }

  @Param({"FULL", "RESUMED"})
  public Kind kind = Kind.FULL;

  private @Nullable BenchmarkTls tls;

  /** Makes both contexts, and the client known to the server. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    tls = BenchmarkTls.create();
    connect(Kind.RESUMED);
  }

  /** Closes both contexts. */
  @TearDown(Level.Trial)
  public void close() {
    requireNonNull(tls).close();
  }

  /** One connection. */
  @Benchmark
  public void handshake() {
    NegotiatedTls seen = connect(kind);
    if (!seen.version().equals("TLSv1.3") || seen.resumed() != (kind == Kind.RESUMED)) {
      throw new IllegalStateException("no " + kind + " handshake: " + seen);
    }
  }

  private NegotiatedTls connect(Kind kind) {
    BenchmarkTls ends = requireNonNull(tls);
    EmbeddedChannel server = new EmbeddedChannel();
    EmbeddedChannel client = new EmbeddedChannel();
    server.pipeline().addLast(ends.host(server));
    client.pipeline().addLast(kind == Kind.FULL ? ends.stranger(client) : ends.regular(client));
    carry(client, server);
    server.writeOutbound(server.alloc().buffer(1).writeByte(1)); // the tickets go with it
    carry(client, server);
    NegotiatedTls negotiated = NegotiatedTls.of(server);
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
    return negotiated;
  }

  private static void carry(EmbeddedChannel one, EmbeddedChannel other) {
    boolean moved = true;
    while (moved) {
      one.runPendingTasks();
      other.runPendingTasks();
      moved = carryOnce(one, other);
      moved |= carryOnce(other, one);
    }
  }

  private static boolean carryOnce(EmbeddedChannel from, EmbeddedChannel to) {
    boolean moved = false;
    ByteBuf bytes;
    while ((bytes = from.readOutbound()) != null) {
      to.writeInbound(bytes);
      moved = true;
    }
    return moved;
  }
}
