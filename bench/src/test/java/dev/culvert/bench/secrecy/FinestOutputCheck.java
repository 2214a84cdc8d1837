package dev.culvert.bench.secrecy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * No secret is in anything that was said while the end-to-end tests ran.
 *
 * <p>Started by the build alone, behind the run that {@link FinestOutput} kept. Fails also where
 * that run said nothing, or its secrets are not known.
 */
final class FinestOutputCheck {
  private static final List<String> PACKAGES =
      List.of("dev.culvert.bench.e2e", "dev.culvert.bench.acme");

  /** The one place where a program shows a token: to who starts a server for the first time. */
  private static final Pattern SHOWN_ONCE =
      Pattern.compile(
          "This token is shown once:\\n\\n  (\\S+)\\n\\n[^\\n]*\\n\\n"
              + "  export CULVERT_AUTHTOKEN=\\1\\n");

  private static List<Path> directories; // one of each fork
  private static UsedSecrets secrets;

  @BeforeAll
  static void readSecrets() throws IOException {
    try (Stream<Path> forks =
        Files.list(Path.of(System.getProperty(FinestOutput.PROPERTY, "no directory is given")))) {
      directories = forks.toList();
    }
    secrets = UsedSecrets.of(directories);
  }

  private static List<String> tests(String packageName) throws Exception {
    Path compiled = Path.of(FinestOutputCheck.class.getResource("/").toURI());
    try (Stream<Path> files = Files.list(compiled.resolve(packageName.replace('.', '/')))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Test.class"))
          .map(name -> packageName + "." + name.replace(".class", ""))
          .toList();
    }
  }

  @Test
  void everyEndToEndTestWasListenedTo() throws Exception {
    List<String> listenedTo = new ArrayList<>();
    for (Path directory : directories) {
      listenedTo.addAll(Files.readAllLines(FinestOutput.classes(directory)));
    }

    for (String packageName : PACKAGES) {
      List<String> tests = tests(packageName);
      assertThat(tests).isNotEmpty();
      assertThat(listenedTo).containsAll(tests);
    }
  }

  @Test
  void loggersOfEachEndSpokeAtTheFinestLevel() throws Exception {
    StringBuilder logs = new StringBuilder();
    for (Path directory : directories) {
      logs.append(read(FinestOutput.log(directory)));
      assertThat(read(FinestOutput.console(directory))).contains("dev.culvert.server.");
    }

    assertThat(logs)
        .contains("dev.culvert.server.")
        .contains("io.netty.")
        .contains("org.shredzone.acme4j.")
        .containsPattern("(?m)^FINE: ")
        .containsPattern("(?m)^FINEST: ");
    assertThat(outputs()).anyMatch(file -> file.toString().endsWith(".out"));
    assertThat(outputs()).anyMatch(file -> file.toString().endsWith(".log"));
  }

  @Test
  void everySecretIsKnown() {
    assertThat(secrets.issued()).hasSizeGreaterThan(10);
    assertThat(secrets.toldTokenIds())
        .as("tests tell of every token that they have issued")
        .containsAll(secrets.issued());
    assertThat(secrets.texts()).hasSizeGreaterThan(secrets.issued().size());
    assertThat(secrets.instances()).isNotEmpty();
    assertThat(secrets.keyTexts()).isNotEmpty();
    assertThat(secrets.keyNumbers()).hasSizeGreaterThan(10);
    assertThat(secrets.keyFiles())
        .as("keys of accounts, and of certificates that were ordered")
        .anyMatch(file -> file.matches(".*/acme/[^/]+/account\\.pem"))
        .anyMatch(file -> file.matches(".*/certificates/[^/]+\\.tunnel\\.test\\.pem"));
    assertThat(secrets.search().size()).isGreaterThan(50);
  }

  @Test
  void noSecretIsInAnyOutput() throws Exception {
    SecretSearch search = secrets.search();
    List<String> found = new ArrayList<>();
    for (Path file : outputs()) {
      String content = read(file);
      if (file.toString().endsWith(".out")) {
        content = SHOWN_ONCE.matcher(content).replaceFirst("");
      }
      for (String place : search.find(content)) {
        found.add(file + " " + place);
      }
    }

    assertThat(found).isEmpty();
  }

  private static List<Path> outputs() throws IOException {
    List<Path> outputs = new ArrayList<>();
    for (Path directory : directories) {
      try (Stream<Path> files = Files.walk(directory)) {
        files
            .filter(Files::isRegularFile)
            .filter(file -> !file.startsWith(FinestOutput.files(directory)))
            .filter(file -> !file.equals(FinestOutput.used(directory)))
            .forEach(outputs::add);
      }
    }
    return outputs;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
