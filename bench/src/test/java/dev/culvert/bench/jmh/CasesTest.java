package dev.culvert.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The two lists of cases beside what there is. */
final class CasesTest {
  static Stream<Arguments> lists() {
    return Stream.of(
        Arguments.of("quick", QuickCases.ALL),
        Arguments.of(
            "suite", SuiteCases.GROUPS.values().stream().flatMap(Collection::stream).toList()));
  }

  private static Set<BenchmarkListEntry> all() {
    OutputFormat silent =
        OutputFormatFactory.createFormatInstance(
            new PrintStream(new ByteArrayOutputStream()), VerboseMode.SILENT);
    return BenchmarkList.defaultList().getAll(silent, List.of());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lists")
  void everyBenchmarkIsRun(String name, List<BenchmarkCase> cases) {
    Set<String> run =
        cases.stream()
            .map(each -> each.type().getName() + "." + each.method())
            .collect(Collectors.toSet());

    assertThat(run)
        .containsExactlyInAnyOrderElementsOf(
            all().stream().map(BenchmarkListEntry::getUsername).collect(Collectors.toSet()));
  }

  /** JMH ignores parameters that a benchmark does not have. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("lists")
  void everyParameterIsOneOfItsBenchmark(String name, List<BenchmarkCase> cases) {
    for (BenchmarkCase each : cases) {
      Set<String> fields = new TreeSet<>();
      Stream.of(each.type().getFields()).forEach(field -> fields.add(field.getName()));

      assertThat(fields).as(each.toString()).containsAll(each.parameters().keySet());
    }
  }
}
