package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each test that h2spec has, strict ones too, on the HTTPS listener, with a tunnel and a service
 * behind it.
 */
@Timeout(400)
final class Http2ConformanceTest {
  private static final int DEADLINE_SECONDS = 120;

  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) tests, \\d+ passed, (\\d) skipped, (\\d+) failed");

  @TempDir private Path home;

  @Test
  void h2specPasses() throws Exception {
    Path program = H2Spec.require();
    try (RecordingOrigin service = new RecordingOrigin();
        ReverseProxy culvert = ReverseProxy.culvertHttps(home, service.port())) {
      InetSocketAddress address = culvert.address();
      Path report = home.resolve("report");
      Process run =
          new ProcessBuilder(
                  program.toString(),
                  "--host",
                  address.getAddress().getHostAddress(),
                  "--port",
                  Integer.toString(address.getPort()),
                  "--tls",
                  "--insecure",
                  "--strict",
                  "--timeout",
                  "2")
              .redirectErrorStream(true)
              .redirectOutput(report.toFile())
              .start();
      boolean hasEnded = run.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
      run.destroyForcibly();

      String said = Files.readString(report);
      assertThat(hasEnded).as(said).isTrue();
      Matcher summary = SUMMARY.matcher(said);
      assertThat(summary.find()).as(said).isTrue();
      assertThat(Integer.parseInt(summary.group(1))).isGreaterThan(140);
      assertThat(Integer.parseInt(summary.group(2))).isLessThanOrEqualTo(1);
      assertThat(summary.group(3)).as(said).isEqualTo("0");
    }
  }
}
