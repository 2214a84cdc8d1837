package dev.culvert.bench.race;

import dev.culvert.bench.race.report.Scores;
import java.io.IOException;
import java.time.Duration;

/**
 * Where one contender's figures of one round go.
 *
 * @param round from 1 on
 */
record Scorecard(Scores scores, int round, Contender contender) {
  private static final String MEMORY = "memory ";

  void add(String load, String quantity, double value) {
    scores.add(round, contender.name(), load, quantity, value);
  }

  /** What is to say about a load of its unit. */
  void add(Trial trial) {
    String load = trial.load().name();
    switch (trial.load().unit()) {
      case BYTE -> {
        add(load, "MB/s", trial.perSecond() / 1e6);
        addCost(trial, "CPU s/GiB", trial.cpuSecondsPerGibibyte());
      }
      case REQUEST -> {
        add(load, "requests/s", trial.perSecond());
        addCost(trial, "CPU ms/request", trial.cpuMillisPerUnit());
      }
      case PACED_REQUEST -> {
        add(load, "requests/s", trial.perSecond());
        addTimes(load, trial.times());
      }
      case ROUND_TRIP -> {
        addTimes(load, trial.times());
        if (!trial.timesPastTunnel().isEmpty()) {
          add(load, "p50 ms past it", trial.timesPastTunnel().percentileMillis(50));
        }
      }
    }
  }

  /** Where there are no processes of a tunnel, that they cost nothing says nothing. */
  private void addCost(Trial trial, String quantity, double value) {
    if (trial.serverMegabytes() > 0) {
      add(trial.load().name(), quantity, value);
    }
  }

  private void addTimes(String load, Times.Sorted times) {
    if (!times.isEmpty()) {
      add(load, "p50 ms", times.percentileMillis(50));
      add(load, "p99 ms", times.percentileMillis(99));
    }
  }

  void addMillis(String load, String quantity, Duration duration) {
    add(load, quantity, duration.toNanos() / 1e6);
  }

  /** What a tunnel holds now. */
  void addMemory(String when, Tunnel tunnel) throws IOException {
    addMemory(
        when,
        CpuMeter.residentMegabytes(tunnel.servers()),
        CpuMeter.residentMegabytes(tunnel.clients()));
  }

  /** Not of a contender that has no processes. */
  void addMemory(String when, double serverMegabytes, double clientMegabytes) {
    if (serverMegabytes > 0) {
      add(MEMORY + when, "server MB", serverMegabytes);
      add(MEMORY + when, "client MB", clientMegabytes);
    }
  }
}
