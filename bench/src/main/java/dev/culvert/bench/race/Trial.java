package dev.culvert.bench.race;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one load came to.
 *
 * @param done units while it counted
 * @param seconds how long that was
 * @param cpuSeconds what the tunnel's processes used meanwhile
 * @param serverMegabytes what they held at its end
 * @param times of its requests or round trips, in nanoseconds
 * @param timesPastTunnel of round trips past the tunnel
 */
record Trial(
    Load load,
    long done,
    double seconds,
    double cpuSeconds,
    double serverMegabytes,
    double clientMegabytes,
    Times.Sorted times,
    Times.Sorted timesPastTunnel) {

  /** Runs the load until it is warm, then counts for the length of the window. */
  static Trial run(Tunnel tunnel, Load load, WarmUp warmUp, Duration window)
      throws IOException, InterruptedException {
    try (Load.Run run = load.start(tunnel.endpoint())) {
      Thread.sleep(tunnel.takeWarmUp(warmUp));
      return count(tunnel, load, run, window);
    }
  }

  /** Runs the load and counts from its start on, in windows one after the other. */
  static List<Trial> successive(Tunnel tunnel, Load load, Duration window, int count)
      throws IOException, InterruptedException {
    List<Trial> trials = new ArrayList<>();
    try (Load.Run run = load.start(tunnel.endpoint())) {
      while (trials.size() < count) {
        trials.add(count(tunnel, load, run, window));
      }
    }
    return trials;
  }

  private static Trial count(Tunnel tunnel, Load load, Load.Run run, Duration window)
      throws IOException, InterruptedException {
    run.beginTimes();
    double cpuBefore = cpu(tunnel);
    long doneBefore = run.done();
    long start = System.nanoTime();
    Thread.sleep(window);
    double seconds = (System.nanoTime() - start) / 1e9;
    long done = run.done() - doneBefore;
    double cpu = cpu(tunnel) - cpuBefore;
    Times.Sorted times = new Times.Sorted(run.times());
    Times.Sorted timesPastTunnel = new Times.Sorted(run.timesPastTunnel());
    if (run.failure() != null) {
      throw new IOException(load.name() + ": " + run.failure());
    }
    if (done == 0) {
      throw new IOException(load.name() + ": nothing came through");
    }
    return new Trial(
        load,
        done,
        seconds,
        cpu,
        CpuMeter.residentMegabytes(tunnel.servers()),
        CpuMeter.residentMegabytes(tunnel.clients()),
        times,
        timesPastTunnel);
  }

  private static double cpu(Tunnel tunnel) throws IOException {
    return CpuMeter.cpuSeconds(tunnel.servers()) + CpuMeter.cpuSeconds(tunnel.clients());
  }

  double perSecond() {
    return done / seconds;
  }

  double cpuSecondsPerGibibyte() {
    return cpuSeconds / (done / (double) (1 << 30));
  }

  double cpuMillisPerUnit() {
    return 1000 * cpuSeconds / done;
  }
}
