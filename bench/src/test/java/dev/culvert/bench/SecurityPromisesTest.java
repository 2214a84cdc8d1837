package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each test that docs/security.md names is there. */
final class SecurityPromisesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern NAME = Pattern.compile("`([A-Z]\\w+)\\.([a-z]\\w+)`");

  private static List<Path> sources(String type) throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      List<Path> found = new ArrayList<>();
      for (Path tests : modules.map(module -> module.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files.filter(file -> file.endsWith(type + ".java")).forEach(found::add);
          }
        }
      }
      return found;
    }
  }

  private static boolean hasTest(Path source, String method) throws IOException {
    String text = Files.readString(source);
    int at = text.indexOf("void " + method + "(");
    if (at < 0) {
      return false;
    }
    String before = text.substring(text.lastIndexOf("\n\n", at), at);
    return before.contains("@Test") || before.contains("@ParameterizedTest");
  }

  @Test
  void everyPromiseIsHeldByATestThatExists() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/security.md"));
    List<MatchResult> names = NAME.matcher(page).results().toList();
    List<String> missing = new ArrayList<>();
    for (MatchResult name : names) {
      boolean isThere = false;
      for (Path source : sources(name.group(1))) {
        isThere |= hasTest(source, name.group(2));
      }
      if (!isThere) {
        missing.add(name.group());
      }
    }

    assertThat(names).hasSizeGreaterThan(80);
    assertThat(missing).isEmpty();
  }
}
