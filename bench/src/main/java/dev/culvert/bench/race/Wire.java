package dev.culvert.bench.race;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A link that remembers what went over it, and that can be cut. Any thread. */
final class Wire implements Link, AutoCloseable {
  private static final int REMEMBERED_BYTES = 4 << 20;

  private final ServerSocketChannel listener;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private volatile int serverPort;

  private Wire(ServerSocketChannel listener) {
    this.listener = listener;
  }

  static Wire lay() throws IOException {
    return new Wire(ServerSocketChannel.open().bind(Ports.at(Ports.free()), 1024));
  }

  @Override
  public int to(int port) {
    serverPort = port;
    Thread.ofPlatform().daemon().name("wire").start(this::accept);
    return listener.socket().getLocalPort();
  }

  /** Resets every connection that is open now; new ones work at once. */
  void cut() throws IOException {
    for (SocketChannel channel : open) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (ClosedChannelException e) {
        continue; // its other end was cut a moment ago
      }
      channel.close();
    }
  }

  /** The bytes of both directions as they came, up to a bound. */
  String seen() {
    synchronized (seen) {
      return seen.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        join(listener.accept());
      } catch (IOException e) {
        // The wire is closed, or this visitor's connection was gone again.
      }
    }
  }

  private void join(SocketChannel client) throws IOException {
    open.add(client);
    if (!listener.isOpen()) {
      client.close(); // it came while the wire was closed, which may not have seen it
      return;
    }
    try {
      SocketChannel server = SocketChannel.open(Ports.at(serverPort));
      open.add(server);
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      server.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Thread.ofPlatform().daemon().name("wire").start(() -> carry(client, server));
      Thread.ofPlatform().daemon().name("wire").start(() -> carry(server, client));
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private void carry(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    try (from;
        to) {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        synchronized (seen) {
          if (seen.size() < REMEMBERED_BYTES) {
            seen.write(buffer.array(), 0, buffer.limit());
          }
        }
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
    } catch (IOException cut) {
      // Either end has reset it, or this wire has.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
