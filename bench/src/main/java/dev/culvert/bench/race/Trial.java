package dev.culvert.bench.race;

import java.io.IOException;
import java.time.Duration;

/**
 * What one load came to.
 *
 * @param done bytes or requests while it counted
 * @param seconds how long that was
 * @param cpuSeconds what the tunnel's processes used meanwhile
 * @param serverMegabytes what they held at its end
 * @param p50Millis of the times of its requests or round trips; 0 where the load has none
 */
record Trial(
    String load,
    long done,
    double seconds,
    double cpuSeconds,
    double serverMegabytes,
    double clientMegabytes,
    double p50Millis,
    double p99Millis) {

  /** Runs the load until it is warm, then counts for the length of the window. */
  static Trial run(Tunnel tunnel, Load load, Duration warmUp, Duration window)
      throws IOException, InterruptedException {
    try (Load.Run run = load.start(tunnel.endpoint())) {
      Thread.sleep(warmUp);
      run.beginTimes();
      double cpuBefore = cpu(tunnel);
      long doneBefore = run.done();
      long start = System.nanoTime();
      Thread.sleep(window);
      double seconds = (System.nanoTime() - start) / 1e9;
      long done = run.done() - doneBefore;
      double cpu = cpu(tunnel) - cpuBefore;
      long[] times = run.times();
      if (run.failure() != null) {
        throw new IOException(load.name() + ": " + run.failure());
      }
      if (done == 0) {
        throw new IOException(load.name() + ": nothing came through");
      }
      return new Trial(
          load.name(),
          done,
          seconds,
          cpu,
          CpuMeter.residentMegabytes(tunnel.servers()),
          CpuMeter.residentMegabytes(tunnel.clients()),
          Times.percentileMillis(times, 50),
          Times.percentileMillis(times, 99));
    }
  }

  private static double cpu(Tunnel tunnel) throws IOException {
    return CpuMeter.cpuSeconds(tunnel.servers()) + CpuMeter.cpuSeconds(tunnel.clients());
  }

  double perSecond() {
    return done / seconds;
  }
}
