package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The conformance test of HTTP/2 servers, a Go program that is built here. */
final class H2Spec {
  private static final Path SOURCES = Path.of("src/test/interop/h2spec").toAbsolutePath();
  private static final Path BUILD = Path.of("target/h2spec").toAbsolutePath();
  private static final String PACKAGE = "github.com/summerwind/h2spec/cmd/h2spec";
  private static final long BUILD_MINUTES = 5;

  private H2Spec() {}

  /** Builds it; the test is skipped where that cannot be done, and fails where CI should. */
  static Path require() throws IOException, InterruptedException {
    Files.createDirectories(BUILD);
    Path program = BUILD.resolve("h2spec");
    Path log = BUILD.resolve("build.log");
    String problem = "";
    try {
      Process build =
          new ProcessBuilder(List.of("go", "build", "-o", program.toString(), PACKAGE))
              .directory(SOURCES.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean isBuilt = build.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) && build.exitValue() == 0;
      problem = isBuilt ? "" : "go build failed:\n" + Files.readString(log);
    } catch (IOException e) {
      problem = e.toString();
    }
    if (System.getenv("CI") != null) {
      assertThat(problem).isEmpty();
    }
    String reason = problem;
    assumeTrue(reason.isEmpty(), () -> "h2spec: " + reason);
    return program;
  }
}
