package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;

/**
 * A full-duplex link between the two ends of a {@link Pair}, in virtual time: a rate, a delay, and
 * a bound on what is handed to it and not yet on the wire, as a socket with a limit on unsent bytes
 * has. Everything on it is watched.
 */
final class SimulatedLink {
  /** How what goes over the link is cut. */
  interface Cut {
    Cut NONE =
        new Cut() {
          @Override
          public int batchBytes() {
            return 16 * 1024;
          }

          @Override
          public int pieceBytes() {
            return Integer.MAX_VALUE;
          }
        };

    /** How much the session is asked for at most. */
    int batchBytes();

    /** How much the other side gets at once, at most. */
    int pieceBytes();
  }

  private final Pair pair;
  private final double nanosPerByte;
  private final long delayNanos;
  private final int unsentBytes;
  private final Cut cut;
  private final Direction toServer;
  private final Direction toClient;

  SimulatedLink(Pair pair, long bitsPerSecond, long delayNanos, int unsentBytes) {
    this(pair, bitsPerSecond, delayNanos, unsentBytes, Cut.NONE);
  }

  SimulatedLink(Pair pair, long bitsPerSecond, long delayNanos, int unsentBytes, Cut cut) {
    this.cut = cut;
    this.pair = pair;
    this.nanosPerByte = 8e9 / bitsPerSecond;
    this.delayNanos = delayNanos;
    this.unsentBytes = unsentBytes;
    toServer = new Direction(pair.client, pair.server);
    toClient = new Direction(pair.server, pair.client);
  }

  /** Part of what a side sent. */
  private record Flight(ByteBuffer bytes, long departureNanos, long arrivalNanos) {}

  private final class Direction {
    private final Peer from;
    private final Peer to;
    private final ArrayDeque<Flight> unsent = new ArrayDeque<>();
    private final ArrayDeque<Flight> flying = new ArrayDeque<>();
    private int backlogBytes;
    private long busyUntilNanos;

    Direction(Peer from, Peer to) {
      this.from = from;
      this.to = to;
    }

    void step() {
      while (!unsent.isEmpty() && unsent.peek().departureNanos() <= pair.nowNanos) {
        Flight departed = unsent.remove();
        backlogBytes -= departed.bytes().remaining();
        flying.add(departed);
      }
      while (!flying.isEmpty() && flying.peek().arrivalNanos() <= pair.nowNanos) {
        ByteBuffer arrived = flying.remove().bytes();
        to.wire.received(arrived.duplicate());
        to.session.receive(Unpooled.wrappedBuffer(arrived), pair.nowNanos);
      }
    }

    /** Hands over what the link takes now; after both directions have stepped. */
    void send() {
      while (backlogBytes < unsentBytes && from.session.hasOutput()) {
        from.turns.beforeOutput();
        ByteBuf out = from.session.pollFrame(pair.nowNanos);
        if (out == null) {
          out = Unpooled.buffer();
          from.session.pollOutput(out, cut.batchBytes(), pair.nowNanos);
        }
        byte[] batch = ByteBufUtil.getBytes(out);
        out.release();
        if (batch.length == 0) {
          return;
        }
        from.turns.afterOutput(from.wire.sent(batch));
        for (int start = 0; start < batch.length; ) {
          int length = Math.min(cut.pieceBytes(), batch.length - start);
          hand(ByteBuffer.wrap(batch, start, length));
          start += length;
        }
      }
    }

    private void hand(ByteBuffer piece) {
      int length = piece.remaining();
      busyUntilNanos = Math.max(busyUntilNanos, pair.nowNanos) + Math.round(length * nanosPerByte);
      backlogBytes += length;
      unsent.add(new Flight(piece, busyUntilNanos, busyUntilNanos + delayNanos));
    }

    boolean isQuiet() {
      return unsent.isEmpty() && flying.isEmpty() && !from.session.hasOutput();
    }

    long nextNanos() {
      long next = from.session.isOpen() ? from.session.deadlineNanos() : Long.MAX_VALUE;
      if (!unsent.isEmpty()) {
        next = Math.min(next, unsent.peek().departureNanos());
      }
      if (!flying.isEmpty()) {
        next = Math.min(next, flying.peek().arrivalNanos());
      }
      return next;
    }

    void onTimeout() {
      if (from.session.isOpen() && from.session.deadlineNanos() <= pair.nowNanos) {
        from.session.onTimeout(pair.nowNanos);
      }
    }
  }

  /** Nothing is under way and nobody has anything to send. */
  boolean isQuiet() {
    return toServer.isQuiet() && toClient.isQuiet();
  }

  /** Lets time pass. */
  void run(long nanos) {
    runUntil(() -> false, nanos);
  }

  /**
   * Lets time pass until {@code condition} holds, at most {@code nanos}; returns whether it does.
   */
  boolean runUntil(BooleanSupplier condition, long nanos) {
    long endNanos = pair.nowNanos + nanos;
    while (true) {
      toServer.step();
      toClient.step();
      toServer.onTimeout();
      toClient.onTimeout();
      toServer.send();
      toClient.send();
      if (condition.getAsBoolean()) {
        return true;
      }
      long next = Math.min(toServer.nextNanos(), toClient.nextNanos());
      if (next > endNanos) {
        pair.nowNanos = endNanos;
        return false;
      }
      pair.nowNanos = Math.max(next, pair.nowNanos + 1);
    }
  }
}
