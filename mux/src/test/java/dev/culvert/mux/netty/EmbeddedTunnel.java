package dev.culvert.mux.netty;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A session of two ends in one thread, under a virtual clock. */
final class EmbeddedTunnel implements AutoCloseable {
  private final MockTicker clock = Ticker.newMockTicker();
  final EmbeddedEnd client;
  final EmbeddedEnd server;

  EmbeddedTunnel() {
    this(SessionConfig.STANDARD);
  }

  EmbeddedTunnel(SessionConfig config) {
    this(config, config);
  }

  EmbeddedTunnel(SessionConfig clientConfig, SessionConfig serverConfig) {
    client = new EmbeddedEnd(Role.CLIENT, clientConfig, clock);
    server = new EmbeddedEnd(Role.SERVER, serverConfig, clock);
  }

  /** Opens a stream, and lets the server accept it. */
  EmbeddedStream open() {
    EmbeddedStream stream = client.open();
    drive();
    return stream;
  }

  /** The oldest stream that the server accepted and the test has not asked for. */
  EmbeddedStream accepted() {
    return server.accepted.remove();
  }

  /** Runs tasks and carries bytes both ways until nothing happens any more. */
  void drive() {
    boolean moved = true;
    while (moved) {
      moved = client.sendTo(server);
      moved |= server.sendTo(client);
    }
  }

  /** Runs the tasks of both ends, so that what they send crosses. */
  void runTasks() {
    client.connection.runPendingTasks();
    server.connection.runPendingTasks();
  }

  /** Moves the clock and runs what is due. */
  void advance(Duration time) {
    clock.advance(time.toNanos(), TimeUnit.NANOSECONDS);
    runTasks();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
