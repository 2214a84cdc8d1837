package dev.culvert.bench.report;

import dev.culvert.bench.link.LinkSettings;
import dev.culvert.mux.SessionConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Our own.
 *
 * @param state where the server's key is kept; null for plain TCP
 */
record CulvertContender(@Nullable Path state) implements Contender {
  private static final long PATIENCE_SECONDS = 20;

  @Override
  public String title() {
    return state == null ? "culvert" : "culvert, TLS";
  }

  @Override
  public Run start(LinkSettings settings) throws Exception {
    return new Started(
        new LinkedSession(
            SessionConfig.STANDARD,
            settings,
            state == null ? null : LinkedSession.Tls.create(state)));
  }

  private static final class Started implements Run {
    private final LinkedSession session;
    private final List<AtomicLong> received = new CopyOnWriteArrayList<>();

    Started(LinkedSession session) {
      this.session = session;
    }

    @Override
    public long[] bulk(Duration every, int samples) throws Exception {
      long[] counts = new long[samples];
      long startNanos = System.nanoTime();
      load(1);
      for (int i = 0; i < samples; i++) {
        long dueNanos = startNanos + (i + 1) * every.toNanos();
        while (System.nanoTime() - dueNanos < 0) {
          LockSupport.parkNanos(dueNanos - System.nanoTime());
        }
        counts[i] = Arrays.stream(loadReceived()).sum();
      }
      return counts;
    }

    @Override
    public void load(int streams) throws Exception {
      session.client.acceptor =
          () -> {
            AtomicLong count = new AtomicLong();
            received.add(count);
            return new SinkHandler(count);
          };
      for (int i = 0; i < streams; i++) {
        open(session.server, new BulkHandler());
      }
    }

    @Override
    public long[] loadReceived() {
      return received.stream().mapToLong(AtomicLong::get).toArray();
    }

    @Override
    public void loadUnread() throws Exception {
      session.client.acceptor = UnreadHandler::new;
      open(session.server, new BulkHandler());
    }

    @Override
    public Latency pingPong(Duration time) throws Exception {
      PingPongHandler pings = new PingPongHandler(time.toNanos());
      open(session.client, pings);
      return Latency.of(
          pings.result.get(time.toSeconds() + PATIENCE_SECONDS, TimeUnit.SECONDS).stream()
              .mapToLong(Long::longValue)
              .toArray());
    }

    private static void open(LinkedEnd end, ChannelHandler handler) throws Exception {
      end.mux.open(handler).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
      session.close();
    }
  }

  /** Never reads. */
  private static final class UnreadHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // the session is over
    }
  }
}
