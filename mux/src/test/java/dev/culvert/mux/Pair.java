package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

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

  void advance(long nanos) {
    nowNanos += nanos;
  }
}
