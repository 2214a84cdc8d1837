package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;

/**
 * A full-duplex link between the two ends of a {@link Pair}, in virtual time: a rate, a delay, and
 * a bound on what is handed to it and not yet on the wire, as a socket with a limit on unsent bytes
 * has.
 */
final class SimulatedLink {
  private static final int BATCH_BYTES = 16 * 1024;

  private final Pair pair;
  private final double nanosPerByte;
  private final long delayNanos;
  private final int unsentBytes;
  private final Direction toServer;
  private final Direction toClient;

  SimulatedLink(Pair pair, long bitsPerSecond, long delayNanos, int unsentBytes) {
    this.pair = pair;
    this.nanosPerByte = 8e9 / bitsPerSecond;
    this.delayNanos = delayNanos;
    this.unsentBytes = unsentBytes;
    toServer = new Direction(pair.client, pair.server);
    toClient = new Direction(pair.server, pair.client);
  }

  private record Flight(ByteBuf bytes, int length, long departureNanos, long arrivalNanos) {}

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
        backlogBytes -= departed.length();
        flying.add(departed);
      }
      while (!flying.isEmpty() && flying.peek().arrivalNanos() <= pair.nowNanos) {
        to.session.receive(flying.remove().bytes(), pair.nowNanos);
      }
    }

    /** Hands over what the link takes now; after both directions have stepped. */
    void send() {
      while (backlogBytes < unsentBytes && from.session.hasOutput()) {
        ByteBuf batch = Unpooled.buffer(BATCH_BYTES);
        int length = from.session.pollOutput(batch, BATCH_BYTES, pair.nowNanos);
        if (length == 0) {
          batch.release();
          return;
        }
        busyUntilNanos =
            Math.max(busyUntilNanos, pair.nowNanos) + Math.round(length * nanosPerByte);
        backlogBytes += length;
        unsent.add(new Flight(batch, length, busyUntilNanos, busyUntilNanos + delayNanos));
      }
    }

    long nextNanos() {
      long next = Math.min(Long.MAX_VALUE, from.session.deadlineNanos());
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
