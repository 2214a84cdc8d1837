package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The load generator of nghttp2, whose requests are all answered and whose bytes all arrive. */
@Timeout(120)
final class H2LoadTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Pattern REQUESTS =
      Pattern.compile(
          "requests: (\\d+) total, \\d+ started, (\\d+) done, (\\d+) succeeded, (\\d+) failed, "
              + "(\\d+) errored, (\\d+) timeout");
  private static final Pattern STATUS = Pattern.compile("status codes: (\\d+) 2xx");
  private static final Pattern DATA = Pattern.compile("\\((\\d+)\\) data");

  @TempDir private Path home;

  private static Matcher find(Pattern pattern, String report) {
    Matcher matcher = pattern.matcher(report);
    assertThat(matcher.find()).as(report).isTrue();
    return matcher;
  }

  @ParameterizedTest(name = "{0}: {1} requests on {2} connections, {3} at a time each")
  @CsvSource({"/, 1000, 4, 32", "/big, 20, 2, 10"})
  void everyRequestIsAnsweredWhole(String path, int requests, int connections, int streams)
      throws Exception {
    PeerProgram.require("h2load");
    try (RecordingOrigin service = new RecordingOrigin();
        ReverseProxy culvert = ReverseProxy.culvertHttps(home, service.port())) {
      InetSocketAddress address = culvert.address();
      String url =
          String.format(
              Locale.ROOT,
              "https://%s:%d%s",
              address.getAddress().getHostAddress(),
              address.getPort(),
              path);
      try (PeerProgram load =
          PeerProgram.start(
              home,
              "h2load",
              "-n" + requests,
              "-c" + connections,
              "-m" + streams,
              "--npn-list=h2",
              url)) {
        String report = load.awaitEnd(DEADLINE);

        Matcher counts = find(REQUESTS, report);
        assertThat(counts.group(3)).as(report).isEqualTo(Integer.toString(requests));
        assertThat(find(STATUS, report).group(1)).isEqualTo(Integer.toString(requests));
        long bytes = path.equals("/big") ? RecordingOrigin.BIG_BYTES : "ok".length();
        assertThat(find(DATA, report).group(1)).isEqualTo(Long.toString(requests * bytes));
      }
      assertThat(service.takeSeen())
          .hasSize(requests)
          .allMatch(request -> request.startsWith("GET " + path + " "));
    }
  }
}
