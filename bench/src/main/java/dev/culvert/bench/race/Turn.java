package dev.culvert.bench.race;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one contender does in one round. One thread. */
final class Turn {
  private static final int IDLE_VISITORS = 1000;
  private static final int KEPT_CONNECTIONS = 64;
  private static final Duration REST = Duration.ofSeconds(1);
  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(15);
  private static final String MEMORY = "memory";

  private final Contender contender;
  private final Plan plan;
  private final Ground ground;
  private final Scores scores;
  private final int round;

  Turn(Contender contender, Plan plan, Ground ground, Scores scores, int round) {
    this.contender = contender;
    this.plan = plan;
    this.ground = ground;
    this.scores = scores;
    this.round = round;
  }

  /** Starts it before the origin of bulk, and lets it carry what it can. */
  void carry(BulkOrigin origin) throws IOException, InterruptedException {
    try (Tunnel tunnel = Tunnel.start(contender, ground, origin.port(), Link.STRAIGHT)) {
      double server = 0;
      double client = 0;
      for (Load load : bulkLoads(origin)) {
        Trial trial = run(tunnel, load);
        double gibibytes = trial.done() / (double) (1 << 30);
        score(load.name(), "MB/s", trial.perSecond() / 1e6);
        scoreCpu(load.name(), "CPU s/GiB", trial.cpuSeconds() / gibibytes);
        server = Math.max(server, trial.serverMegabytes());
        client = Math.max(client, trial.clientMegabytes());
      }
      scoreMemory("loaded", server, client);
      if (plan.loads() == Plan.Loads.ALL && contender.kind() == Contender.Kind.TCP) {
        scoreTimes(run(tunnel, new PingLoad(origin)));
      }
    }
  }

  private List<Load> bulkLoads(BulkOrigin origin) {
    if (plan.loads() == Plan.Loads.TWO) {
      return List.of(new BulkLoad(origin, BulkLoad.Direction.DOWN, 8));
    }
    List<Load> loads = new ArrayList<>();
    for (int connections : new int[] {1, 8, 100}) {
      for (BulkLoad.Direction direction : BulkLoad.Direction.values()) {
        loads.add(new BulkLoad(origin, direction, connections));
      }
    }
    return loads;
  }

  /** Starts it before nginx, and has visitors ask for the page. */
  void answer(int origin) throws IOException, InterruptedException {
    try (Tunnel tunnel = Tunnel.start(contender, ground, origin, Link.STRAIGHT)) {
      if (!tunnel.servers().isEmpty()) {
        score("start-up", "ms to the first answer", tunnel.startUp().toNanos() / 1e6);
        score("start-up", "of it the client's", tunnel.clientStartUp().toNanos() / 1e6);
      }
      Thread.sleep(REST);
      scoreMemory(tunnel, "idle");
      Trial kept =
          requests(
              tunnel,
              RequestLoad.unpaced(
                  "keep-alive " + KEPT_CONNECTIONS,
                  KEPT_CONNECTIONS,
                  RequestLoad.Connections.KEPT));
      if (plan.loads() == Plan.Loads.TWO) {
        return;
      }
      requests(
          tunnel,
          RequestLoad.unpaced(
              "new connection each", KEPT_CONNECTIONS, RequestLoad.Connections.NEW_EACH));
      double half = kept.perSecond() / 2;
      Trial paced = run(tunnel, RequestLoad.paced("half load", KEPT_CONNECTIONS, half));
      score(paced.load(), "requests/s", paced.perSecond());
      scoreTimes(paced);
      try (IdleVisitors visitors = IdleVisitors.connect(tunnel.endpoint(), IDLE_VISITORS)) {
        Thread.sleep(REST);
        scoreMemory(tunnel, visitors.count() + " idle visitors");
      }
    }
  }

  /**
   * Starts it over a wire: nothing may be legible there; then cuts the wire and waits for the next
   * answer.
   */
  void recover(int origin) throws IOException, InterruptedException {
    try (Wire wire = Wire.lay();
        Tunnel tunnel = Tunnel.start(contender, ground, origin, wire)) {
      if (tunnel.servers().isEmpty()) {
        return;
      }
      String query = "asked-for-on-the-link-in-the-clear";
      Page.fetch(tunnel.endpoint(), "?" + query);
      String seen = wire.seen();
      if (seen.isEmpty() || seen.contains(query) || seen.contains(Page.MARK)) {
        throw new IOException("what it carries is not encrypted");
      }
      if (plan.loads() == Plan.Loads.TWO) {
        return;
      }
      long start = System.nanoTime();
      wire.cut();
      tunnel.awaitAnswer(RECOVERY_LIMIT);
      score("link cut", "ms to the next answer", (System.nanoTime() - start) / 1e6);
    }
  }

  private Trial requests(Tunnel tunnel, Load load) throws IOException, InterruptedException {
    Trial trial = run(tunnel, load);
    score(trial.load(), "requests/s", trial.perSecond());
    scoreCpu(trial.load(), "CPU ms/request", 1000 * trial.cpuSeconds() / trial.done());
    return trial;
  }

  private Trial run(Tunnel tunnel, Load load) throws IOException, InterruptedException {
    return Trial.run(tunnel, load, plan.warmUpOf(contender), plan.window());
  }

  private void scoreTimes(Trial trial) {
    score(trial.load(), "p50 ms", trial.p50Millis());
    score(trial.load(), "p99 ms", trial.p99Millis());
  }

  private void scoreMemory(Tunnel tunnel, String when) throws IOException {
    scoreMemory(
        when,
        CpuMeter.residentMegabytes(tunnel.servers()),
        CpuMeter.residentMegabytes(tunnel.clients()));
  }

  private void scoreMemory(String when, double server, double client) {
    if (server > 0) {
      score(MEMORY + " " + when, "server MB", server);
      score(MEMORY + " " + when, "client MB", client);
    }
  }

  /** Having no process is no feat. */
  private void scoreCpu(String load, String quantity, double value) {
    if (value > 0) {
      score(load, quantity, value);
    }
  }

  private void score(String load, String quantity, double value) {
    scores.add(round, contender, load, quantity, value);
  }
}
