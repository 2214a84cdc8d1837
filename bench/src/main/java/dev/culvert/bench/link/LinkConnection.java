package dev.culvert.bench.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One connection through a link: two sockets and a {@link Wire} for each direction, with a thread
 * that reads and one that writes. Any thread.
 */
final class LinkConnection {
  private final SocketChannel near;
  private final SocketChannel far;
  private final Wire onward;
  private final Wire back;
  private final Consumer<LinkConnection> onEnd;
  private final AtomicInteger endedDirections = new AtomicInteger();

  /** Takes both sockets, which are blocking; {@code onEnd} hears that they are closed. */
  LinkConnection(
      SocketChannel near,
      SocketChannel far,
      LinkSettings settings,
      long number,
      Consumer<LinkConnection> onEnd) {
    this.near = near;
    this.far = far;
    this.onward = new Wire(settings, settings.seed() + 2 * number);
    this.back = new Wire(settings, settings.seed() + 2 * number + 1);
    this.onEnd = onEnd;
  }

  void start() {
    startThread("link-read", () -> read(near, onward));
    startThread("link-write", () -> write(onward, far));
    startThread("link-read", () -> read(far, back));
    startThread("link-write", () -> write(back, near));
  }

  List<Wire> wires() {
    return List.of(onward, back);
  }

  /** Resets both ends; what is under way is lost. */
  void cut() {
    try {
      near.setOption(StandardSocketOptions.SO_LINGER, 0);
      far.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // One of them is closed already.
    }
    close();
  }

  /** The sockets first: a thread that a closed wire lets go must not end its socket in order. */
  private void close() {
    closeQuietly(near);
    closeQuietly(far);
    onward.close();
    back.close();
    onEnd.accept(this);
  }

  static void closeQuietly(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // There is nothing left to do with it.
    }
  }

  private void read(SocketChannel from, Wire wire) throws InterruptedException {
    try {
      ByteBuf bytes = readPart(from, wire);
      while (bytes.isReadable()) {
        if (!wire.put(bytes)) {
          return;
        }
        bytes = readPart(from, wire);
      }
      bytes.release();
      wire.finish();
    } catch (IOException e) {
      wire.awaitPassage(); // a link that is stalled does not carry a reset either
      cut();
    }
  }

  /** What can be read at once, up to a part; nothing at the end of input. */
  private static ByteBuf readPart(SocketChannel from, Wire wire) throws IOException {
    int partBytes = wire.partBytes();
    ByteBuf part = PooledByteBufAllocator.DEFAULT.directBuffer(partBytes);
    try {
      int length = part.writeBytes(from, partBytes);
      if (length > 0 && length < partBytes / 2) {
        ByteBuf small = PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(part);
        part.release();
        return small;
      }
      return part;
    } catch (IOException e) {
      part.release();
      throw e;
    }
  }

  private void write(Wire wire, SocketChannel to) throws InterruptedException {
    try {
      ByteBuf bytes;
      while ((bytes = wire.take()) != null) {
        try {
          while (bytes.isReadable()) {
            bytes.readBytes(to, bytes.readableBytes());
          }
        } finally {
          bytes.release();
        }
      }
      to.shutdownOutput();
      if (endedDirections.incrementAndGet() == 2) {
        close();
      }
    } catch (IOException e) {
      wire.awaitPassage();
      cut();
    }
  }

  private interface Carrier {
    void run() throws InterruptedException;
  }

  private static void startThread(String name, Carrier carrier) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(() -> {
          try {
            carrier.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does so; the thread ends
          }
        });
  }
}
