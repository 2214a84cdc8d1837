package dev.culvert.bench.jmh;

import static java.util.stream.Collectors.joining;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;

/**
 * What one benchmark measured with one set of parameters.
 *
 * @param isRate more is better; else it is a time, and less is
 * @param iterations the scores of which {@code score} is the mean, of samples those of each second
 * @param metrics JMH's secondary results by their names, means too
 */
record Figure(
    String benchmark,
    Map<String, String> parameters,
    boolean isRate,
    double score,
    String unit,
    List<Double> iterations,
    Map<String, Double> metrics) {
  /** From what JMH says. */
  static Figure of(RunResult result) {
    BenchmarkParams params = result.getParams();
    Map<String, String> parameters = new TreeMap<>();
    params.getParamsKeys().forEach(name -> parameters.put(name, params.getParam(name)));
    Map<String, Double> metrics = new TreeMap<>();
    // JMH adds up what a benchmark counts.
    result
        .getSecondaryResults()
        .forEach((name, value) -> metrics.put(name, value.getStatistics().getMean()));
    String name = params.getBenchmark();
    return new Figure(
        name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
        parameters,
        params.getMode() == Mode.Throughput,
        result.getPrimaryResult().getScore(),
        result.getPrimaryResult().getScoreUnit(),
        result.getAggregatedResult().getIterationResults().stream()
            .map(iteration -> iteration.getPrimaryResult().getScore())
            .toList(),
        metrics);
  }

  double least() {
    return Collections.min(iterations);
  }

  double most() {
    return Collections.max(iterations);
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
