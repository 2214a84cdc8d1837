package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that orders no certificates, which most do not, pays nothing for it. */
@Timeout(60)
final class WithoutAcmeTest {
  @TempDir private Path state;
  @TempDir private Path logs;

  @Test
  void noClassOfItIsLoaded() throws Exception {
    Path classes = logs.resolve("classes");
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xlog:class+load:file=" + classes,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.culvert.server.Main",
                "serve",
                "--state",
                state.toString(),
                "--tunnel",
                ":0",
                "--http",
                ":0",
                "--https",
                ":0")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine();
      while (line != null && !line.contains("identity ")) {
        line = out.readLine();
      }
      assertThat(line).as("it serves").isNotNull();
    } finally {
      server.destroy();
      server.waitFor();
    }

    List<String> loaded = Files.readAllLines(classes);
    assertThat(loaded).anyMatch(line -> line.contains(" dev.culvert.server.CulvertServer "));
    assertThat(loaded)
        .noneMatch(line -> line.contains(" dev.culvert.server.acme.AutomaticCertificates"))
        .noneMatch(line -> line.contains(" org.shredzone.acme4j."))
        .noneMatch(line -> line.contains(" java.net.http."))
        .noneMatch(line -> line.contains(" org.jose4j."));
  }
}
