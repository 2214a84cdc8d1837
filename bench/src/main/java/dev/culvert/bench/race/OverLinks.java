package dev.culvert.bench.race;

import java.io.IOException;
import java.time.Duration;

/** What one contender does over links that are laid between its ends. One thread. */
final class OverLinks {
  static final String QUERY = "asked-for-on-the-link-in-the-clear";
  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(15);

  private final Contender contender;
  private final Plan plan;
  private final Ground ground;

  OverLinks(Contender contender, Plan plan, Ground ground) {
    this.contender = contender;
    this.plan = plan;
    this.ground = ground;
  }

  /** Fails where a request or the page can be read on the link, or where nothing goes over it. */
  void showNothing(int origin) throws IOException, InterruptedException {
    try (Wire wire = Wire.lay();
        Tunnel tunnel = Tunnel.start(contender, ground, origin, wire)) {
      if (!tunnel.hasProcesses()) {
        return;
      }
      Page.fetch(tunnel.endpoint(), "?" + QUERY);
      checkHidden(wire.seen());
    }
  }

  static void checkHidden(String seen) throws IOException {
    if (seen.isEmpty()) {
      throw new IOException("nothing of what it carries goes over its link");
    }
    if (seen.contains(QUERY) || seen.contains(Page.MARK)) {
      throw new IOException("what it carries is not encrypted");
    }
  }

  /** One download over a long link. */
  void carryFar(BulkOrigin origin, Scorecard card) throws IOException, InterruptedException {
    try (LongLink link = new LongLink();
        Tunnel tunnel = Tunnel.start(contender, ground, origin.port(), link)) {
      Load load = new BulkLoad(origin, BulkLoad.Direction.DOWN, 1);
      Trial trial = Trial.run(tunnel, load, plan.warmUp(), plan.window());
      card.add(Loads.LONG_LINK, "Mbit/s", 8 * trial.perSecond() / 1e6);
    }
  }

  /** Cuts the link and waits for the next answer. */
  void recover(int origin, Scorecard card) throws IOException, InterruptedException {
    try (Wire wire = Wire.lay();
        Tunnel tunnel = Tunnel.start(contender, ground, origin, wire)) {
      long start = System.nanoTime();
      wire.cut();
      tunnel.awaitAnswer(RECOVERY_LIMIT);
      card.addMillis(
          Loads.LINK_CUT, "ms to the next answer", Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
