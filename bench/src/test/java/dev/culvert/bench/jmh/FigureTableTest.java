package dev.culvert.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class FigureTableTest {
  private static Figure time(double score, Map<String, String> parameters) {
    return new Figure(
        "PingBenchmark.ping",
        new TreeMap<>(parameters),
        false,
        score,
        "us/op",
        List.of(score / 2, score * 2),
        Map.of("gc.alloc.rate.norm", 125.4, "gc.count", 3.0, "cpu.norm", 3 * score));
  }

  private static Figure rate(double score, String path, String streams) {
    return new Figure(
        "RelayBenchmark.bulk",
        new TreeMap<>(Map.of("path", path, "streams", streams)),
        true,
        score,
        "ops/s",
        List.of(score),
        Map.of());
  }

  @Test
  void rowSaysWhatWasMeasured() {
    String table =
        FigureTable.of(List.of(time(20, Map.of("bearer", "TCP", "bytes", "64"))), List.of());

    assertThat(table)
        .contains(
            "\n| PingBenchmark.ping | TCP bytes=64 | 20.0 | 10.0 to 40.0 | us/op | 60.0 | 125 |  |  |\n");
  }

  @Test
  void streamIsSetBesideItsConnection() {
    String table =
        FigureTable.of(
            List.of(
                time(20, Map.of("bearer", "TCP", "carrier", "STREAM")),
                time(10, Map.of("bearer", "TCP", "carrier", "CONNECTION")),
                time(99, Map.of("bearer", "TLS", "carrier", "CONNECTION"))),
            List.of());

    assertThat(table.lines().filter(line -> line.contains("| time 2.00, CPU 2.00 (CONNECTION) |")))
        .singleElement()
        .asString()
        .contains("| TCP STREAM |");
    assertThat(table).containsOnlyOnce("(CONNECTION)");
  }

  @Test
  void tunnelIsSetBesideTheWaysStraightToTheService() {
    String table =
        FigureTable.of(
            List.of(
                rate(400, "TUNNEL", "8"),
                rate(300, "RELAY", "8"),
                rate(800, "TLS", "8"),
                rate(1600, "TCP", "8"),
                rate(1, "TLS", "1")),
            List.of());

    assertThat(table)
        .contains(
            "| TUNNEL streams=8 | 400 | 400 to 400 | ops/s |  |  | time 2.00 (TLS); time 4.00 (TCP) |");
    assertThat(table)
        .contains("| RELAY streams=8 | 300 | 300 to 300 | ops/s |  |  | time 2.67 (TLS) |");
  }

  @Test
  void countsAndTwoPercentilesAreNamedAndTheCollectorIsNot() {
    Figure figure =
        new Figure(
            "FairnessBenchmark.fairness",
            Map.of(),
            false,
            1,
            "us/op",
            List.of(1.0),
            new TreeMap<>(
                Map.of(
                    "gc.time",
                    5.0,
                    "jainPerMille",
                    998.0,
                    "p0.50",
                    16.0,
                    "p0.99",
                    63.0,
                    "p0.999",
                    99.0,
                    "p1.00",
                    100.0)));

    assertThat(FigureTable.of(List.of(figure), List.of()))
        .contains("| jainPerMille 998, p0.50 16.0, p0.99 63.0 |");
  }

  @Test
  void whatIsMissingIsNamedBelow() {
    assertThat(FigureTable.of(List.of(), List.of("bulk IO_URING: skipped, no such kernel")))
        .endsWith("|\n\nbulk IO_URING: skipped, no such kernel\n");
  }

  @Test
  void numbersHaveThreeDigitsOrMore() {
    assertThat(FigureTable.number(0)).isEqualTo("0");
    assertThat(FigureTable.number(0.0021)).isEqualTo("0.002");
    assertThat(FigureTable.number(1.234)).isEqualTo("1.23");
    assertThat(FigureTable.number(12.34)).isEqualTo("12.3");
    assertThat(FigureTable.number(123_456.7)).isEqualTo("123,457");
  }
}
