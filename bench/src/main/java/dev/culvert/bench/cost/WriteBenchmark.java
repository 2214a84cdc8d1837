package dev.culvert.bench.cost;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
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
 * A write to a stream's channel, all the way to the other end's {@code channelRead}, over two
 * embedded connections. An operation is one write and flush; what the embedded channels cost
 * themselves is in it.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WriteBenchmark {
  @Param({"64", "16372"})
  public int bytes = 16_372;

  private final EmbeddedChannel client = connection(Role.CLIENT);
  private final EmbeddedChannel server = connection(Role.SERVER);
  private final StreamChannel stream =
      client.pipeline().get(MuxHandler.class).open(new Sink()).getNow();
  private ByteBuf payload = ByteBufAllocator.DEFAULT.directBuffer(bytes);

  private static EmbeddedChannel connection(Role role) {
    return new EmbeddedChannel(
        new MuxHandler(role, SessionConfig.STANDARD, new Sink(), event -> {}));
  }

  /** Opens the stream. */
  @Setup(Level.Trial)
  public void open() {
    payload.release();
    payload = ByteBufAllocator.DEFAULT.directBuffer(bytes).writeZero(bytes);
    carry();
  }

  /** Closes both connections. */
  @TearDown(Level.Trial)
  public void close() {
    payload.release();
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
  }

  /** One write, its promise, its frames, its read and its credit. */
  @Benchmark
  public void write() {
    stream.writeAndFlush(payload.retainedDuplicate());
    carry();
  }

  private void carry() {
    boolean moved = true;
    while (moved) {
      moved = carry(client, server);
      moved |= carry(server, client);
    }
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    ByteBuf batch = from.readOutbound();
    if (batch == null) {
      return false;
    }
    to.writeOneInbound(batch);
    to.flushInbound();
    return true;
  }

  @Sharable
  private static final class Sink extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // the session is over
    }
  }
}
