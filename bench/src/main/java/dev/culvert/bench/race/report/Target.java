package dev.culvert.bench.race.report;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What our tunnel is to come to in one load.
 *
 * @param what it is, in a few words
 * @param ours which of our tunnels
 * @param rival whose figure of the same round ours is divided by; null where ours counts as it is
 * @param limit what is aimed at
 * @param stretch what is hoped for
 */
record Target(
    String what,
    String load,
    String quantity,
    String ours,
    @Nullable String rival,
    Better better,
    double limit,
    double stretch) {

  /** Which side of the limit is the good one. */
  enum Better {
    LESS("at most"),
    MORE("at least");

    private final String words;

    Better(String words) {
      this.words = words;
    }

    private boolean reaches(double value, double limit) {
      return this == LESS ? value <= limit : value >= limit;
    }

    private double best(Interval interval) {
      return this == LESS ? interval.low() : interval.high();
    }
  }

  /** What it came to, next to what was aimed at. */
  List<String> row(Scores scores) {
    List<Double> values = values(scores);
    String measured = "-";
    if (!values.isEmpty()) {
      Interval interval = Interval.of(values);
      measured =
          "%s [%s-%s]"
              .formatted(
                  Spread.number(Spread.of(values).median()),
                  Spread.number(interval.low()),
                  Spread.number(interval.high()));
    }
    return List.of(
        what,
        rival == null ? quantity : "ours / " + rival,
        measured,
        better.words + " " + plain(limit),
        verdict(values, limit),
        plain(stretch),
        verdict(values, stretch));
  }

  private List<Double> values(Scores scores) {
    return rival == null
        ? List.copyOf(scores.byRound(ours, load, quantity).values())
        : scores.ratios(ours, rival, load, quantity);
  }

  /** It is missed only where the whole interval is on the wrong side. */
  private String verdict(List<Double> values, double aim) {
    if (values.isEmpty()) {
      return "not measured";
    }
    if (!better.reaches(better.best(Interval.of(values)), aim)) {
      return "missed";
    }
    return better.reaches(Spread.of(values).median(), aim) ? "met" : "met within the interval";
  }

  private static String plain(double value) {
    return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%s", value);
  }
}
