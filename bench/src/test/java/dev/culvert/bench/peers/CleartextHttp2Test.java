package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** curl without TLS, where HTTP/2 may be begun with, and where it may not. */
@Timeout(60)
final class CleartextHttp2Test {
  private static final String OK_IN_HTTP2 = "2 200";
  private static final String OK_IN_HTTP1 = "1.1 200";

  @TempDir private Path home;

  private static String curl(Path home, ReverseProxy culvert, String option) throws Exception {
    int port = culvert.address().getPort();
    String address = culvert.address().getAddress().getHostAddress();
    String[] arguments = {
      option,
      "-s",
      "-o",
      "body",
      "-w",
      "%{http_version} %{http_code}",
      "--resolve",
      ReverseProxy.HOST + ":" + port + ":" + address,
      "http://" + ReverseProxy.HOST + ":" + port + "/x"
    };
    try (PeerProgram curl = PeerProgram.start(home, "curl", arguments)) {
      return curl.awaitEnd(Duration.ofSeconds(30));
    }
  }

  @Test
  void whoKnowsThatItIsSpokenBeginsWithIt() throws Exception {
    PeerProgram.require("curl");
    try (RecordingOrigin service = new RecordingOrigin();
        ReverseProxy culvert = ReverseProxy.culvertHttp2(home, service.port())) {
      assertThat(curl(home, culvert, "--http2-prior-knowledge")).isEqualTo(OK_IN_HTTP2);
      assertThat(curl(home, culvert, "--http1.1")).isEqualTo(OK_IN_HTTP1);
      assertThat(curl(home, culvert, "--http1.0")).isEqualTo(OK_IN_HTTP1);
      assertThat(curl(home, culvert, "--http2")).as("by an upgrade").isEqualTo(OK_IN_HTTP1);

      List<String> seen = service.takeSeen();
      assertThat(seen).hasSize(4).allMatch(request -> request.startsWith("GET /x "));
    }
  }

  @Test
  void itIsNotSpokenUnlessItIsAskedFor() throws Exception {
    PeerProgram.require("curl");
    try (RecordingOrigin service = new RecordingOrigin();
        ReverseProxy culvert = ReverseProxy.culvert(home, service.port())) {
      assertThat(curl(home, culvert, "--http2-prior-knowledge")).endsWith(" 000");
      assertThat(curl(home, culvert, "--http2")).isEqualTo(OK_IN_HTTP1);

      assertThat(service.takeSeen()).hasSize(1);
    }
  }
}
