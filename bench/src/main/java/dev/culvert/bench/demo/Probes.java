package dev.culvert.bench.demo;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks a {@link SampleApp}, near or behind a tunnel, for everything a visitor could, and checks
 * every byte of what comes back.
 *
 * <p>Needs about 1,000 file descriptors for the burst, and the tunnel's own on top.
 */
final class Probes {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int MESSAGE_BYTES = 1 << 20;
  private static final long TRANSFER_BYTES = 64 << 20;
  private static final int BURST = 1_000;

  private Probes() {}

  /** All probes, in the order in which they run; new ones for each run. */
  static List<Probe> all() {
    return List.of(
        new PageProbe(),
        new WebSocketProbe(MESSAGE_BYTES),
        new EventStreamProbe(),
        new UploadProbe(TRANSFER_BYTES),
        new DownloadProbe(TRANSFER_BYTES),
        new BurstProbe(BURST));
  }

  /**
   * Runs all probes, one after the other, and blocks until the last has ended; each has 20 seconds.
   *
   * @param base such as {@code http://calm-otter.localhost:8080/}
   * @param listener is given each result as it comes, on the calling thread
   */
  static List<ProbeResult> run(URI base, Consumer<ProbeResult> listener) {
    return run(base, all(), DEADLINE, listener);
  }

  /** Runs some probes; after an interrupt the rest fail without waiting. */
  static List<ProbeResult> run(
      URI base, List<Probe> probes, Duration deadline, Consumer<ProbeResult> listener) {
    ProbeTarget target = ProbeTarget.of(base);
    List<ProbeResult> results = new ArrayList<>();
    try (EventLoops loops = new EventLoops("probe", 1)) {
      for (Probe probe : probes) {
        ProbeResult result = run(target, loops, probe, deadline);
        results.add(result);
        listener.accept(result);
      }
    }
    return results;
  }

  private static ProbeResult run(
      ProbeTarget target, EventLoops loops, Probe probe, Duration deadline) {
    long startNanos = System.nanoTime();
    try (ProbeRun run = new ProbeRun(target, loops.group())) {
      probe.start(run);
      ProbeRun.Verdict verdict = run.await(deadline);
      Duration duration = Duration.ofNanos(System.nanoTime() - startNanos);
      String detail =
          verdict.passed()
              ? verdict.detail()
              : verdict.detail() + " (so far: " + probe.progress() + ")";
      return new ProbeResult(probe.name(), verdict.passed(), duration, detail);
    }
  }
}
