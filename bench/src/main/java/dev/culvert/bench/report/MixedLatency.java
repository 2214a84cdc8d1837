package dev.culvert.bench.report;

import dev.culvert.bench.link.LinkSettings;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Small messages on one stream while others fill the link. */
final class MixedLatency {
  private static final LinkSettings LINK = LinkSettings.of(Duration.ofMillis(10), 100_000_000);
  private static final int BULK_STREAMS = 8;
  private static final Duration ALONE = Duration.ofSeconds(3);
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final Duration LOADED = Duration.ofSeconds(8);

  private final PrintStream out;

  MixedLatency(PrintStream out) {
    this.out = out;
  }

  void run(List<Contender> contenders) throws Exception {
    out.println(
        "64 bytes there and back on a link of 100 Mbit/s and 20 ms; ms, median and 99 of 100:");
    out.println(
        "alone, beside 8 streams that fill the link (their Mbit/s in all, and Jain's index of");
    out.println("their shares), and with one more that nobody reads.");
    out.println();
    out.printf(
        "  %-20s %13s   %13s  %6s  %5s   %13s%n",
        "", "alone", "beside 8", "Mbit/s", "Jain", "and unread");
    for (Contender contender : contenders) {
      try (Contender.Run run = contender.start(LINK)) {
        measure(contender.title(), run);
      }
    }
    out.println();
  }

  private void measure(String title, Contender.Run run) throws Exception {
    Latency alone = run.pingPong(ALONE);
    run.load(BULK_STREAMS);
    run.pingPong(WARM_UP);
    long startNanos = System.nanoTime();
    long[] before = run.loadReceived();
    Latency loaded = run.pingPong(LOADED);
    long[] after = run.loadReceived();
    long nanos = System.nanoTime() - startNanos;
    run.loadUnread();
    run.pingPong(WARM_UP);
    Latency unread = run.pingPong(LOADED);
    double sum = 0;
    double sumOfSquares = 0;
    for (int i = 0; i < BULK_STREAMS; i++) {
      double share = after[i] - before[i];
      sum += share;
      sumOfSquares += share * share;
    }
    out.printf(
        "  %-20s %s   %s  %6.1f  %5.3f   %s%n",
        title, alone, loaded, sum * 8e3 / nanos, sum * sum / (BULK_STREAMS * sumOfSquares), unread);
  }
}
