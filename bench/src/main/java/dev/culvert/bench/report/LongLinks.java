package dev.culvert.bench.report;

import dev.culvert.bench.link.LinkSettings;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** One stream that has a fast and long link to itself: how soon, and how far, it fills it. */
final class LongLinks {
  private static final int SHOWN_ROUND_TRIPS = 15;
  private static final int ROUND_TRIPS = 40;
  private static final double NEAR = 0.9;

  private final PrintStream out;

  LongLinks(PrintStream out) {
    this.out = out;
  }

  void run(List<Contender> contenders) throws Exception {
    out.println(
        "One stream on a long link. Mbit/s in each round trip from the opening of the stream");
    out.println("on; round trips until it carries 90 %; steady Mbit/s (round trips 21 to 40).");
    for (long megabits : new long[] {200, 1000}) {
      for (int roundTripMillis : new int[] {50, 100}) {
        out.printf("%n%d Mbit/s, %d ms%n", megabits, roundTripMillis);
        for (Contender contender : contenders) {
          measure(contender, megabits, Duration.ofMillis(roundTripMillis));
        }
      }
    }
    out.println();
  }

  private void measure(Contender contender, long megabits, Duration roundTrip) throws Exception {
    LinkSettings link = LinkSettings.of(roundTrip.dividedBy(2), megabits * 1_000_000);
    long[] counts;
    try (Contender.Run run = contender.start(link)) {
      counts = run.bulk(roundTrip, ROUND_TRIPS);
    }
    StringBuilder rates = new StringBuilder();
    for (int i = 0; i < SHOWN_ROUND_TRIPS; i++) {
      rates.append("%5.0f".formatted(megabits(counts, i, i + 1, roundTrip)));
    }
    int near = roundTripsUntilNear(counts, megabits, roundTrip);
    out.printf(
        "  %-20s%s  90 %%: %-5s steady: %.0f%n",
        contender.title(),
        rates,
        near < 0 ? "never" : String.valueOf(near),
        megabits(counts, ROUND_TRIPS / 2, ROUND_TRIPS, roundTrip));
  }

  /** The mean rate between two samples; sample 0 is the opening of the stream. */
  private static double megabits(long[] counts, int from, int to, Duration roundTrip) {
    long bytes = counts[to - 1] - (from == 0 ? 0 : counts[from - 1]);
    return bytes * 8e3 / ((to - from) * (double) roundTrip.toNanos());
  }

  /** How many had passed when three on end carried 90 % on the mean; -1 if that never was. */
  private static int roundTripsUntilNear(long[] counts, long linkMegabits, Duration roundTrip) {
    return IntStream.range(0, ROUND_TRIPS - 3)
        .filter(i -> megabits(counts, i, i + 3, roundTrip) >= NEAR * linkMegabits)
        .findFirst()
        .orElse(-1);
  }
}
