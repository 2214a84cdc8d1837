package dev.culvert.bench.jmh;

import static java.util.stream.Collectors.joining;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Figures as a table in Markdown, each beside its baseline in the same run. */
final class FigureTable {
  private static final String HEAD =
      """
      | benchmark | parameters | score | least to most | unit | bytes/op | speed beside the baseline | also |
      |---|---|---|---|---|---|---|---|
      """;

  /** JMH's names of percentiles, but for two. */
  private static final Pattern PERCENTILE = Pattern.compile("p(?!0\\.50$|0\\.99$)\\d.*");

  private FigureTable() {}

  /** The table, and below it what is missing from it and why. */
  static String of(List<Figure> figures, List<String> missing) {
    return HEAD
        + figures.stream().map(figure -> row(figure, figures) + "\n").collect(joining())
        + missing.stream().map(line -> "\n" + line + "\n").collect(joining());
  }

  private static String row(Figure figure, List<Figure> all) {
    Double bytes = figure.metrics().get(Bound.ALLOCATED_BYTES);
    return "| "
        + String.join(
            " | ",
            figure.benchmark(),
            figure.settings(),
            number(figure.score()),
            number(figure.least()) + " to " + number(figure.most()),
            figure.unit(),
            bytes == null ? "" : number(bytes),
            besideBaselines(figure, all),
            others(figure.metrics()))
        + " |";
  }

  /** Twice as many operations in the same time are 2.00, whatever the unit is. */
  private static String besideBaselines(Figure figure, List<Figure> all) {
    return all.stream()
        .filter(other -> isBaseline(figure, other))
        .map(other ->
            String.format(
                Locale.ROOT,
                "%.2f %s",
                figure.isRate() ? figure.score() / other.score() : other.score() / figure.score(),
                other.parameters().getOrDefault("path", other.parameters().get("carrier"))))
        .collect(joining(", "));
  }

  /** A stream's is a connection, a tunnel's is the way straight to the service. */
  private static boolean isBaseline(Figure figure, Figure other) {
    return figure.benchmark().equals(other.benchmark())
        && (differsIn("carrier", "STREAM", "CONNECTION", figure, other)
            || differsIn("path", "TUNNEL", "TCP", figure, other)
            || differsIn("path", "TUNNEL", "TLS", figure, other)
            || differsIn("path", "RELAY", "TLS", figure, other));
  }

  private static boolean differsIn(
      String name, String value, String baseline, Figure figure, Figure other) {
    Map<String, String> expected = new HashMap<>(figure.parameters());
    return value.equals(expected.put(name, baseline)) && expected.equals(other.parameters());
  }

  private static String others(Map<String, Double> metrics) {
    return metrics.entrySet().stream()
        .filter(metric -> !metric.getKey().startsWith("gc."))
        .filter(metric -> !PERCENTILE.matcher(metric.getKey()).matches())
        .map(metric -> metric.getKey() + " " + number(metric.getValue()))
        .collect(joining(", "));
  }

  /** Three digits or more. */
  static String number(double value) {
    int digits = value >= 100 || value == 0 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
