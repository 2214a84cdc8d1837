package dev.culvert.bench.race;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One connection on which 64 bytes go there and back, with a pause before each: without one, most
 * would be noted while nothing else has its turn. A thread of its own.
 */
final class Pings implements AutoCloseable {
  private static final int BYTES = 64;
  private static final Duration PAUSE = Duration.ofMillis(2);

  private final SocketChannel channel;
  private final Times times = new Times();
  private volatile boolean closed;
  private volatile @Nullable String failure;

  private Pings(SocketChannel channel) {
    this.channel = channel;
  }

  /** To {@code port}, behind which is the origin of bulk. */
  static Pings connect(int port) throws IOException {
    SocketChannel channel = SocketChannel.open(Ports.at(port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.write(ByteBuffer.wrap(BulkOrigin.ECHO.getBytes(StandardCharsets.US_ASCII)));
    return new Pings(channel);
  }

  void begin() {
    Thread.ofPlatform().daemon().name("pings").start(this::run);
  }

  private void run() {
    ByteBuffer ping = ByteBuffer.allocateDirect(BYTES);
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
      }
    } catch (IOException e) {
      if (!closed) {
        failure = e.toString();
      }
    }
  }

  Times times() {
    return times;
  }

  @Nullable String failure() {
    return failure;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    channel.close();
  }
}
