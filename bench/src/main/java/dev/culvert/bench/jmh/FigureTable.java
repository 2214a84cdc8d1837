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
      | benchmark | parameters | score | least to most | unit | CPU ns/op | bytes/op | of the baseline's | also |
      |---|---|---|---|---|---|---|---|---|
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
    return "| "
        + String.join(
            " | ",
            figure.benchmark(),
            figure.settings(),
            number(figure.score()),
            number(figure.least()) + " to " + number(figure.most()),
            figure.unit(),
            number(figure, CpuProfiler.CPU_NANOS),
            number(figure, Bound.ALLOCATED_BYTES),
            besideBaselines(figure, all),
            others(figure.metrics()))
        + " |";
  }

  private static String number(Figure figure, String metric) {
    Double value = figure.metrics().get(metric);
    return value == null ? "" : number(value);
  }

  /** Half of the baseline's time is 0.50, whether the figure is a time or a rate. */
  private static String besideBaselines(Figure figure, List<Figure> all) {
    return all.stream()
        .filter(other -> isBaseline(figure, other))
        .map(other -> besideBaseline(figure, other))
        .collect(joining("; "));
  }

  private static String besideBaseline(Figure figure, Figure baseline) {
    double time =
        figure.isRate() ? baseline.score() / figure.score() : figure.score() / baseline.score();
    Double cpu = figure.metrics().get(CpuProfiler.CPU_NANOS);
    Double baselineCpu = baseline.metrics().get(CpuProfiler.CPU_NANOS);
    String name = baseline.parameters().getOrDefault("path", baseline.parameters().get("carrier"));
    return cpu == null || baselineCpu == null
        ? String.format(Locale.ROOT, "time %.2f (%s)", time, name)
        : String.format(Locale.ROOT, "time %.2f, CPU %.2f (%s)", time, cpu / baselineCpu, name);
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
        .filter(metric -> !metric.getKey().startsWith("gc.") && !metric.getKey().startsWith("cpu."))
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
