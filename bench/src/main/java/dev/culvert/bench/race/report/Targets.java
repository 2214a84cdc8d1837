package dev.culvert.bench.race.report;

import dev.culvert.bench.race.report.Target.Better;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What our tunnels are to come to, and what they did. */
public final class Targets {
  private static final String CPU_OF_BULK = "CPU per GiB";
  private static final String CPU_OF_REQUESTS = "CPU per keep-alive request";
  private static final String FRP = "frp tcp";
  private static final String RATHOLE = "rathole tls";
  private static final String SSH = "ssh default";
  private static final String SSH_AES = "ssh aes128-gcm";

  private final Scores scores;
  private final List<Target> targets = new ArrayList<>();

  public Targets(Scores scores) {
    this.scores = scores;
    cpuOfBulk("haproxy pair", 1, 0.6);
    cpuOfBulk(FRP, 0.6, 0.4);
    cpuOfBulk(RATHOLE, 1, 0.8);
    cpuOfBulk(SSH_AES, 0.9, 0.7);
    cpuOfBulk(SSH, 0.5, 0.4);
    cpuOfRequests("TCP", Ours.TCP, "haproxy pair", 0.6, 0.4);
    cpuOfRequests("HTTP", Ours.HTTP, "frp http", 0.5, 0.3);
    newConnections(RATHOLE, 3, 8);
    newConnections(FRP, 1.5, 3);
    newConnections(SSH, 1.5, 2);
    newConnections(SSH_AES, 1.5, 2);
    ping(SSH_AES, 1, 0.5);
    ping(FRP, 0.5, 0.2);
    add("one stream, 50 ms, 1 Gbit/s", "down 1 at 50 ms", "Mbit/s", null, Better.MORE, 500, 900);
    add("memory idle, server", "memory idle", "server MB", null, Better.LESS, 100, 64);
    add("memory idle, client", "memory idle", "client MB", null, Better.LESS, 80, 48);
    add("client to its URL", "start-up", "from there to its URL", null, Better.LESS, 1000, 400);
  }

  private void cpuOfBulk(String rival, double limit, double stretch) {
    for (String load : List.of("down 8", "up 8")) {
      add(CPU_OF_BULK + ", " + load, load, "CPU s/GiB", rival, Better.LESS, limit, stretch);
    }
  }

  private void cpuOfRequests(String kind, String ours, String rival, double limit, double stretch) {
    targets.add(
        new Target(
            CPU_OF_REQUESTS + ", " + kind,
            "keep-alive 64",
            "CPU ms/request",
            ours,
            rival,
            Better.LESS,
            limit,
            stretch));
  }

  private void newConnections(String rival, double limit, double stretch) {
    add(
        "new connections a second",
        "new connection each",
        "requests/s",
        rival,
        Better.MORE,
        limit,
        stretch);
  }

  private void ping(String rival, double limit, double stretch) {
    add(
        "p50 of a ping beside bulk",
        "ping beside down 4",
        "p50 ms",
        rival,
        Better.LESS,
        limit,
        stretch);
  }

  private void add(
      String what,
      String load,
      String quantity,
      @Nullable String rival,
      Better better,
      double limit,
      double stretch) {
    targets.add(new Target(what, load, quantity, Ours.TCP, rival, better, limit, stretch));
  }

  /** What the intervals are, and a row for each target, as Markdown. */
  public String text() {
    int rounds = scores.rounds();
    double confidence = Interval.of(Collections.nCopies(rounds, 0.0)).confidence();
    Grid grid = new Grid();
    grid.add(List.of("target", "of", "median and interval", "aim", "", "stretch", ""));
    targets.forEach(target -> grid.add(target.row(scores)));
    return """
    Targets, %d round(s): ratios are of the same round; the interval holds the true median with %.0f %% (order statistics; \
    5 rounds at least for 93 %%). A target is missed where the whole interval is on the wrong side.

    """
            .formatted(rounds, 100 * confidence)
        + grid.text();
  }
}
