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
    out.println("alone, beside 8 streams that fill the link, and with one more that nobody reads.");
    out.println();
    out.printf("  %-20s %13s   %13s   %13s%n", "", "alone", "beside 8", "and unread");
    for (Contender contender : contenders) {
      try (Contender.Run run = contender.start(LINK)) {
        Latency alone = run.pingPong(ALONE);
        run.load(BULK_STREAMS);
        run.pingPong(WARM_UP);
        Latency loaded = run.pingPong(LOADED);
        run.loadUnread();
        run.pingPong(WARM_UP);
        Latency unread = run.pingPong(LOADED);
        out.printf("  %-20s %s   %s   %s%n", contender.title(), alone, loaded, unread);
      }
    }
    out.println();
  }
}
