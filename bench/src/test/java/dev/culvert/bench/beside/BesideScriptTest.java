package dev.culvert.bench.beside;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** {@code bench/beside} asks JMH for benchmarks by a pattern, which must not catch others. */
final class BesideScriptTest {
  private static final Pattern OF_OURS = Pattern.compile("/jmh\" '([^']+)'");

  @Test
  void scriptRunsTheThreeBenchmarksThatTheOthersHaveToo() throws Exception {
    Matcher pattern = OF_OURS.matcher(Files.readString(Path.of("beside")));
    assertThat(pattern.find()).isTrue();
    OutputFormat silent =
        OutputFormatFactory.createFormatInstance(
            new PrintStream(new ByteArrayOutputStream()), VerboseMode.SILENT);

    assertThat(BenchmarkList.defaultList().find(silent, List.of(pattern.group(1)), List.of()))
        .extracting(BenchmarkListEntry::getUsername)
        .containsExactlyInAnyOrder(
            "dev.culvert.bench.session.PingBenchmark.ping",
            "dev.culvert.bench.session.AcceptBenchmark.accept",
            "dev.culvert.bench.session.SendRecvBenchmark.sendRecv");
  }
}
