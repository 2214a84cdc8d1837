package dev.culvert.bench.race;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of a contender: its processes, where its visitors go, how long it took to answer. */
final class Tunnel implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Contender contender;
  private final Ground ground;
  private final List<Daemon> servers = new ArrayList<>();
  private final List<Daemon> clients = new ArrayList<>();
  private Endpoint endpoint = Endpoint.at(0);
  private long clientStartNanos;
  private Duration start = Duration.ZERO;
  private Duration clientStart = Duration.ZERO;
  private @Nullable Duration untilUrl;
  private boolean hasCarried;

  private Tunnel(Contender contender, Ground ground) {
    this.contender = contender;
    this.ground = ground;
  }

  /** Starts it, and waits until a visitor has been answered through it. */
  static Tunnel start(Contender contender, Ground ground, int origin, Link link)
      throws IOException, InterruptedException {
    Tunnel tunnel = new Tunnel(contender, ground);
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

  /** How long its next load is to run before it counts; from then on it has had its first. */
  Duration takeWarmUp(WarmUp warmUp) {
    Duration duration = hasCarried ? warmUp.later(contender) : warmUp.first(contender);
    hasCarried = true;
    return duration;
  }

  /** The client has just printed where its visitors are to go. */
  void noteUrl() {
    untilUrl = Duration.ofNanos(System.nanoTime() - clientStartNanos);
  }

  /** How long it took to start. */
  void addStartUp(Scorecard card) {
    if (!hasProcesses()) {
      return;
    }
    card.addMillis("start-up", "ms to the first answer", start);
    card.addMillis("start-up", "from the client's start", clientStart);
    if (untilUrl != null) {
      card.addMillis("start-up", "from there to its URL", untilUrl);
    }
  }

  boolean hasProcesses() {
    return !servers.isEmpty();
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
