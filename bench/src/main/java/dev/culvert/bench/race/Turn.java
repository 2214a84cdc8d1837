package dev.culvert.bench.race;

import java.io.IOException;
import java.time.Duration;

/** What one contender does in one round with the shortest link between its ends. One thread. */
final class Turn {
  private static final int IDLE_VISITORS = 1000;
  static final Duration REST = Duration.ofSeconds(1);

  private final Contender contender;
  private final Plan plan;
  private final Ground ground;
  private final Scorecard card;

  Turn(Contender contender, Plan plan, Ground ground, Scorecard card) {
    this.contender = contender;
    this.plan = plan;
    this.ground = ground;
    this.card = card;
  }

  /** Starts it before the origin of bulk, and lets it carry what it can. */
  void carry(BulkOrigin origin) throws IOException, InterruptedException {
    try (Tunnel tunnel = start(origin.port())) {
      double server = 0;
      double client = 0;
      for (Load load : Loads.bulk(origin, contender.kind())) {
        if (includes(load.name())) {
          Trial trial = run(tunnel, load);
          card.add(trial);
          server = Math.max(server, trial.serverMegabytes());
          client = Math.max(client, trial.clientMegabytes());
        }
      }
      card.addMemory("loaded", server, client);
    }
  }

  /** Starts it before nginx, and has visitors ask for the page. */
  void answer(int origin) throws IOException, InterruptedException {
    try (Tunnel tunnel = start(origin)) {
      tunnel.addStartUp(card);
      Thread.sleep(plan.warmUp().settling());
      card.addMemory("idle", tunnel);
      double half = 0;
      if (includes(Loads.keepAlive().name()) || includes(Loads.HALF_LOAD)) {
        Trial kept = run(tunnel, Loads.keepAlive());
        card.add(kept);
        half = kept.perSecond() / 2;
      }
      if (includes(Loads.newConnectionEach().name())) {
        card.add(run(tunnel, Loads.newConnectionEach()));
      }
      if (includes(Loads.HALF_LOAD)) {
        card.add(run(tunnel, Loads.halfLoad(half)));
      }
      if (includes(Loads.MANY_IDLE)) {
        try (IdleVisitors visitors = IdleVisitors.connect(tunnel.endpoint(), IDLE_VISITORS)) {
          Thread.sleep(REST);
          card.addMemory(visitors.count() + " idle visitors", tunnel);
        }
      }
    }
  }

  private Tunnel start(int origin) throws IOException, InterruptedException {
    return Tunnel.start(contender, ground, origin, Link.STRAIGHT);
  }

  private boolean includes(String load) {
    return plan.includes(contender, load);
  }

  private Trial run(Tunnel tunnel, Load load) throws IOException, InterruptedException {
    return Trial.run(tunnel, load, plan.warmUp(), plan.window());
  }
}
