package dev.culvert.bench.race;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One run of a contender: its processes, where its visitors go, how long it took to answer. */
final class Tunnel implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Ground ground;
  private final List<Daemon> servers = new ArrayList<>();
  private final List<Daemon> clients = new ArrayList<>();
  private Endpoint endpoint = Endpoint.at(0);
  private long clientStartNanos;
  private Duration start = Duration.ZERO;
  private Duration clientStart = Duration.ZERO;

  private Tunnel(Ground ground) {
    this.ground = ground;
  }

  /** Starts it, and waits until a visitor has been answered through it. */
  static Tunnel start(Contender contender, Ground ground, int origin, Link link)
      throws IOException, InterruptedException {
    Tunnel tunnel = new Tunnel(ground);
    try {
      long start = System.nanoTime();
      tunnel.clientStartNanos = start;
      tunnel.endpoint = contender.start(tunnel, origin, link);
      tunnel.awaitAnswer(PATIENCE);
      tunnel.start = Duration.ofNanos(System.nanoTime() - start);
      tunnel.clientStart = Duration.ofNanos(System.nanoTime() - tunnel.clientStartNanos);
      return tunnel;
    } catch (IOException | InterruptedException | RuntimeException e) {
      tunnel.close();
      throw e;
    }
  }

  Ground ground() {
    return ground;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** From the start of the first process to the first answer. */
  Duration startUp() {
    return start;
  }

  /** The client's part of it. */
  Duration clientStartUp() {
    return clientStart;
  }

  List<Daemon> servers() {
    return servers;
  }

  List<Daemon> clients() {
    return clients;
  }

  /** Starts a process of the public end. */
  Daemon server(String... command) throws IOException {
    return server(Map.of(), command);
  }

  Daemon server(Map<String, String> environment, String... command) throws IOException {
    Daemon daemon = ground.start(environment, command);
    servers.add(daemon);
    return daemon;
  }

  /** Starts a process of the end beside the service. */
  Daemon client(String... command) throws IOException {
    return client(Map.of(), command);
  }

  Daemon client(Map<String, String> environment, String... command) throws IOException {
    clientStartNanos = System.nanoTime();
    Daemon daemon = ground.start(environment, command);
    clients.add(daemon);
    return daemon;
  }

  /** Asks for the page until it comes, on a new connection each time. */
  void awaitAnswer(Duration patience) throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        Page.fetch(endpoint, "");
        return;
      } catch (IOException e) {
        for (Daemon daemon : servers) {
          daemon.requireAlive();
        }
        for (Daemon daemon : clients) {
          daemon.requireAlive();
        }
        if (System.nanoTime() > end) {
          throw new IOException("no answer: " + e.getMessage(), e);
        }
        Thread.sleep(5);
      }
    }
  }

  @Override
  public void close() {
    clients.forEach(Daemon::close);
    servers.forEach(Daemon::close);
  }
}
