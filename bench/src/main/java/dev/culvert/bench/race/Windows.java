package dev.culvert.bench.race;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a contender's cost falls while it warms up: each load, one after the other, in windows from
 * its start on. Shows what a race is to wait for before it counts. One thread.
 */
final class Windows {
  private final Contender contender;
  private final Plan plan;
  private final Ground ground;

  Windows(Contender contender, Plan plan, Ground ground) {
    this.contender = contender;
    this.plan = plan;
    this.ground = ground;
  }

  /** Prints a line for each load, with CPU s/GiB or CPU ms/request of each window. */
  void show(BulkOrigin bulk, int web) throws IOException, InterruptedException {
    show(bulk.port(), Loads.bulk(bulk, contender.kind()));
    show(web, List.of(Loads.keepAlive(), Loads.newConnectionEach()));
  }

  private void show(int origin, List<Load> loads) throws IOException, InterruptedException {
    try (Tunnel tunnel = Tunnel.start(contender, ground, origin, Link.STRAIGHT)) {
      for (Load load : loads) {
        if (plan.includes(contender, load.name()) && load.unit() != Load.Unit.ROUND_TRIP) {
          List<Trial> trials = Trial.successive(tunnel, load, plan.window(), plan.windows());
          System.out.printf(
              "%s, %s: %s%n",
              contender.name(),
              load.name(),
              trials.stream().map(Windows::cost).collect(Collectors.joining(" ")));
        }
      }
    }
  }

  private static String cost(Trial trial) {
    return trial.load().unit() == Load.Unit.BYTE
        ? String.format(Locale.ROOT, "%.2f", trial.cpuSecondsPerGibibyte())
        : String.format(Locale.ROOT, "%.4f", trial.cpuMillisPerUnit());
  }
}
