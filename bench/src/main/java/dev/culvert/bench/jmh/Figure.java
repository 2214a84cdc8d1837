package dev.culvert.bench.jmh;

import static java.util.stream.Collectors.joining;

import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * What one benchmark measured with one set of parameters.
 *
 * @param isRate more is better; else it is a time, and less is
 * @param least of the iterations, or of the samples where each operation is one
 * @param metrics JMH's secondary results by their names; of samples the median and the 99th of 100
 */
record Figure(
    String benchmark,
    Map<String, String> parameters,
    boolean isRate,
    double score,
    double least,
    double most,
    String unit,
    Map<String, Double> metrics) {
  /** From what JMH says. */
  static Figure of(RunResult result) {
    BenchmarkParams params = result.getParams();
    Map<String, String> parameters = new TreeMap<>();
    params.getParamsKeys().forEach(name -> parameters.put(name, params.getParam(name)));
    Map<String, Double> metrics = new TreeMap<>();
    result.getSecondaryResults().forEach((name, value) -> metrics.put(name, value.getScore()));
    Result<?> primary = result.getPrimaryResult();
    Statistics iterations = primary.getStatistics();
    if (params.getMode() == Mode.SampleTime) {
      metrics.put("p50", iterations.getPercentile(50));
      metrics.put("p99", iterations.getPercentile(99));
    }
    String name = params.getBenchmark();
    return new Figure(
        name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
        parameters,
        params.getMode() == Mode.Throughput,
        primary.getScore(),
        iterations.getMin(),
        iterations.getMax(),
        primary.getScoreUnit(),
        metrics);
  }

  /** The benchmark and what its parameters are. */
  String title() {
    return benchmark + " " + settings();
  }

  /** The parameters; numbers with their names. */
  String settings() {
    return parameters.entrySet().stream()
        .map(each ->
            Character.isDigit(each.getValue().charAt(0))
                ? each.getKey() + "=" + each.getValue()
                : each.getValue())
        .collect(joining(" "));
  }
}
