package dev.culvert.bench.race;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * 64 bytes there and back on one connection, beside four downloads, with a pause before each: pings
 * without one would mostly be noted while nothing else has its turn.
 */
final class PingLoad implements Load {
  static final String NAME = "ping beside down 4";

  private static final int PING_BYTES = 64;
  private static final Duration PAUSE = Duration.ofMillis(2);

  private final Load bulk;

  PingLoad(BulkOrigin origin) {
    bulk = new BulkLoad(origin, BulkLoad.Direction.DOWN, 4);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Run start(Endpoint endpoint) throws IOException {
    SocketChannel channel = SocketChannel.open(Ports.at(endpoint.port()));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.write(ByteBuffer.wrap(BulkOrigin.ECHO.getBytes(StandardCharsets.US_ASCII)));
    Pings pings = new Pings(bulk.start(endpoint), channel);
    Thread.ofPlatform().daemon().name("ping-load").start(pings::run);
    return pings;
  }

  private static final class Pings implements Run {
    private final Run bulk;
    private final SocketChannel channel;
    private final Times times = new Times();
    private final LongAdder done = new LongAdder();
    private volatile boolean closed;
    private volatile @Nullable String failure;

    private Pings(Run bulk, SocketChannel channel) {
      this.bulk = bulk;
      this.channel = channel;
    }

    private void run() {
      ByteBuffer ping = ByteBuffer.allocateDirect(PING_BYTES);
      try {
        while (true) {
          LockSupport.parkNanos(PAUSE.toNanos());
          long start = System.nanoTime();
          channel.write(ping.clear());
          ping.clear();
          while (ping.hasRemaining()) {
            if (channel.read(ping) < 0) {
              throw new IOException("the connection of pings ended");
            }
          }
          times.add(System.nanoTime() - start);
          done.increment();
        }
      } catch (IOException e) {
        if (!closed) {
          failure = e.toString();
        }
      }
    }

    @Override
    public long done() {
      return done.sum();
    }

    @Override
    public void beginTimes() {
      times.clear();
    }

    @Override
    public long[] times() {
      return times.all();
    }

    @Override
    public @Nullable String failure() {
      return failure != null ? failure : bulk.failure();
    }

    @Override
    public void close() throws IOException {
      closed = true;
      channel.close();
      bulk.close();
    }
  }
}
