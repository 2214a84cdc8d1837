package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.random.RandomGenerator;

/** Two sessions joined by two pipes of any cut, under a virtual clock. */
final class Pair {
  final Peer client;
  final Peer server;
  final MemoryBudget clientMemory;
  final MemoryBudget serverMemory;
  long nowNanos = 1_000_000_000L;

  Pair(SessionConfig config) {
    this(config, config);
  }

  Pair(SessionConfig clientConfig, SessionConfig serverConfig) {
    this(clientConfig, serverConfig, new MemoryBudget(1L << 40), new MemoryBudget(1L << 40));
  }

  Pair(
      SessionConfig clientConfig,
      SessionConfig serverConfig,
      MemoryBudget clientMemory,
      MemoryBudget serverMemory) {
    this.clientMemory = clientMemory;
    this.serverMemory = serverMemory;
    client = new Peer(Role.CLIENT, clientConfig, clientMemory, nowNanos);
    server = new Peer(Role.SERVER, serverConfig, serverMemory, nowNanos);
  }

  /** Carries everything both ways until neither side has anything to say. */
  void drive() {
    boolean moved = true;
    while (moved) {
      moved = moveAll(client, server);
      moved |= moveAll(server, client);
    }
  }

  private boolean moveAll(Peer from, Peer to) {
    boolean moved = false;
    while (from.session.hasOutput()) {
      ByteBuf batch = Unpooled.buffer();
      if (from.session.pollOutput(batch, 64 * 1024, nowNanos) == 0) {
        break;
      }
      to.session.receive(batch, nowNanos);
      moved = true;
    }
    return moved;
  }

  /** Takes a batch of any size from one side, and hands it to the other in pieces of any size. */
  boolean moveSome(Peer from, Peer to, RandomGenerator random) {
    if (!from.session.hasOutput()) {
      return false;
    }
    ByteBuf batch = Unpooled.buffer();
    from.session.pollOutput(batch, 25 + random.nextInt(40_000), nowNanos);
    while (batch.isReadable()) {
      int piece = Math.min(batch.readableBytes(), 1 + random.nextInt(random.nextInt(1, 20_000)));
      to.session.receive(batch.readRetainedSlice(piece), nowNanos);
    }
    batch.release();
    return true;
  }

  void advance(long nanos) {
    nowNanos += nanos;
  }
}
