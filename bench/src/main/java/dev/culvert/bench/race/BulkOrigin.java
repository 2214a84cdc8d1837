package dev.culvert.bench.race;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The origin of bulk and of pings: sends without end, takes without end, or echoes, as the first
 * bytes of a connection ask. A thread for each connection.
 */
final class BulkOrigin implements AutoCloseable {
  static final String DOWN = "/down";
  static final String UP = "/up";

  /** Opens a connection whose bytes are to come back; no request of HTTP. */
  static final String ECHO = "ECHO\r\n\r\n";

  static final long ENDLESS = 1L << 40;
  private static final int CHUNK_BYTES = 128 * 1024;

  private final ServerSocketChannel listener;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final LongAdder received = new LongAdder();

  private BulkOrigin(ServerSocketChannel listener) {
    this.listener = listener;
  }

  static BulkOrigin start() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open().bind(Ports.at(Ports.free()), 4096);
    BulkOrigin origin = new BulkOrigin(listener);
    Thread.ofPlatform().daemon().name("bulk-origin").start(origin::accept);
    return origin;
  }

  int port() {
    return listener.socket().getLocalPort();
  }

  /** Bytes of uploads that have arrived. */
  long receivedBytes() {
    return received.sum();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = listener.accept();
        open.add(channel);
        Thread.ofPlatform().daemon().name("bulk-origin").start(() -> serve(channel));
      }
    } catch (IOException closed) {
      if (listener.isOpen()) {
        throw new UncheckedIOException(closed);
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
      String head = head(channel, buffer);
      if (head.startsWith(ECHO)) {
        echo(channel, buffer);
      } else if (head.startsWith("POST " + UP)) {
        take(channel, buffer);
      } else if (head.startsWith("GET " + DOWN)) {
        send(channel, buffer);
      } else {
        answer(channel, Page.TEXT.length());
        channel.write(ByteBuffer.wrap(Page.TEXT.getBytes(StandardCharsets.US_ASCII)));
      }
    } catch (IOException expected) {
      // A load ends by closing its connections in the middle.
    } finally {
      open.remove(channel);
    }
  }

  private static String head(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (true) {
      String head = StandardCharsets.ISO_8859_1.decode(buffer.duplicate().flip()).toString();
      if (head.contains("\r\n\r\n")) {
        return head;
      }
      if (channel.read(buffer) < 0) {
        return "";
      }
    }
  }

  private static void answer(SocketChannel channel, long length) throws IOException {
    String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n";
    channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
  }

  private static void send(SocketChannel channel, ByteBuffer buffer) throws IOException {
    answer(channel, ENDLESS);
    for (long left = ENDLESS; left > 0; ) {
      left -= channel.write(buffer.clear());
    }
  }

  private void take(SocketChannel channel, ByteBuffer buffer) throws IOException {
    for (int count = 0; count >= 0; count = channel.read(buffer.clear())) {
      received.add(count);
    }
  }

  private static void echo(SocketChannel channel, ByteBuffer buffer) throws IOException {
    buffer.flip().position(ECHO.length());
    while (true) {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (channel.read(buffer.clear()) < 0) {
        return;
      }
      buffer.flip();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
  }
}
