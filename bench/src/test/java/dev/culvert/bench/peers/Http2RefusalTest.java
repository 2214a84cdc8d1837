package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that curl makes in HTTP/2, and what the edge passes on of them. */
@Timeout(60)
final class Http2RefusalTest {
  @TempDir private Path home;

  static Stream<Arguments> requests() {
    List<String> fields = new ArrayList<>();
    Collections.nCopies(101, "X-Odd: 1").forEach(field -> fields.addAll(List.of("-H", field)));
    return Stream.of(
        Arguments.of("2 200", List.of("-X", "GET")),
        Arguments.of("2 405", List.of("-X", "TRACE")),
        Arguments.of("2 417", List.of("-H", "Expect: 200-ok")),
        Arguments.of("2 400", List.of("-H", "Host: user@app.localhost")),
        Arguments.of("2 431", fields));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void onlyWhatIsPassedOnInHttp1IsPassedOn(String answer, List<String> options) throws Exception {
    PeerProgram.require("curl");
    try (RecordingOrigin service = new RecordingOrigin();
        ReverseProxy culvert = ReverseProxy.culvertHttps(home, service.port())) {
      String address = culvert.address().getAddress().getHostAddress();
      Stream<String> common =
          Stream.of("--http2", "-k", "-s", "-o", "body", "-w", "%{http_version} %{http_code}");
      String url = "https://" + address + ":" + culvert.address().getPort() + "/";
      String[] arguments =
          Stream.of(common, options.stream(), Stream.of(url))
              .flatMap(words -> words)
              .toArray(String[]::new);
      try (PeerProgram curl = PeerProgram.start(home, "curl", arguments)) {
        assertThat(curl.awaitEnd(Duration.ofSeconds(30))).isEqualTo(answer);
      }
      assertThat(service.takeSeen()).hasSize(answer.equals("2 200") ? 1 : 0);
    }
  }
}
