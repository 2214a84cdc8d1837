package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small enough to read in an evening; decision 0006 says what is counted and why. */
final class SizeTest {
  private static final Path CONTROL = Path.of("../mux/src/main/java/dev/culvert/mux/control");
  private static final Path SOCKET = Path.of("../mux/src/main/java/dev/culvert/mux/socket");

  private static List<Path> sources(String directory) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("..", directory.split("/")))) {
      List<Path> sources =
          files.filter(file -> file.getFileName().toString().endsWith(".java")).toList();
      assertThat(sources).isNotEmpty();
      return sources;
    }
  }

  private static long lines(Path source) {
    try (Stream<String> lines = Files.lines(source)) {
      return lines.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Neither blank nor comment nor import; the formatter puts each on lines of its own. */
  private static long linesOfCode(Path source) {
    try (Stream<String> lines = Files.lines(source)) {
      return lines
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .filter(line -> !line.startsWith("//"))
          .filter(line -> !line.startsWith("/*") && !line.startsWith("*"))
          .filter(line -> !line.startsWith("import ") && !line.startsWith("package "))
          .count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theMultiplexerHasThreeThousandLinesOfCodeAtMost() throws IOException {
    long core =
        sources("mux/src/main/java/dev/culvert/mux").stream()
            .filter(source -> !source.startsWith(CONTROL) && !source.startsWith(SOCKET))
            .mapToLong(SizeTest::linesOfCode)
            .sum();

    assertThat(core).isBetween(1000L, 3000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mux", "tls", "server", "client", "bench"})
  void filesAreSmall(String module) throws IOException {
    List<Long> lines =
        sources(module + "/src/main/java").stream().map(SizeTest::lines).sorted().toList();

    assertThat(lines.get(lines.size() / 2)).as("median").isLessThanOrEqualTo(150);
    assertThat(lines.get(lines.size() * 9 / 10)).as("90th percentile").isLessThanOrEqualTo(350);
    assertThat(lines.getLast()).as("largest").isLessThanOrEqualTo(600);
  }
}
