package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Connections that carry as much as they can in one direction, a thread for each. */
final class BulkLoad implements Load {
  /** As the visitor sees it. */
  enum Direction {
    DOWN,
    UP
  }

  private static final int CHUNK_BYTES = 128 * 1024;

  private final BulkOrigin origin;
  private final Direction direction;
  private final int connections;

  BulkLoad(BulkOrigin origin, Direction direction, int connections) {
    this.origin = origin;
    this.direction = direction;
    this.connections = connections;
  }

  @Override
  public String name() {
    return (direction == Direction.DOWN ? "down " : "up ") + connections;
  }

  @Override
  public Unit unit() {
    return Unit.BYTE;
  }

  @Override
  public Run start(Endpoint endpoint) throws IOException {
    Transfers transfers = new Transfers();
    try {
      for (int i = 0; i < connections; i++) {
        transfers.open(endpoint);
      }
      return transfers;
    } catch (IOException e) {
      transfers.close();
      throw e;
    }
  }

  /** Bytes count where they arrive. */
  private final class Transfers implements Run {
    private final List<SocketChannel> channels = new ArrayList<>();
    private final LongAdder received = new LongAdder();
    private volatile boolean closed;
    private volatile @Nullable String failure;

    private void open(Endpoint endpoint) throws IOException {
      SocketChannel channel = SocketChannel.open(Ports.at(endpoint.port()));
      channels.add(channel);
      String head =
          direction == Direction.DOWN
              ? endpoint.request("GET " + BulkOrigin.DOWN, "")
              : endpoint.request(
                  "POST " + BulkOrigin.UP, "Content-Length: " + BulkOrigin.ENDLESS + "\r\n");
      channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      Thread.ofPlatform().daemon().name("bulk-load").start(() -> transfer(channel));
    }

    private void transfer(SocketChannel channel) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
      try {
        if (direction == Direction.UP) {
          while (true) {
            channel.write(buffer.clear());
          }
        }
        for (int count = 0; count >= 0; count = channel.read(buffer.clear())) {
          received.add(count);
        }
        throw new IOException("a download ended early");
      } catch (IOException e) {
        if (!closed) {
          failure = e.toString();
        }
      }
    }

    @Override
    public long done() {
      return direction == Direction.DOWN ? received.sum() : origin.receivedBytes();
    }

    @Override
    public @Nullable String failure() {
      return failure;
    }

    @Override
    public void close() throws IOException {
      closed = true;
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
  }
}
