package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.bench.peers.PeerProgram;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.log.AccessLogSettings;
import dev.culvert.server.log.Format;
import dev.culvert.server.visitor.Networks;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.server.visitor.VisitorSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server behind HAProxy and nginx, which are on 127.0.0.1; the visitor is on 127.0.0.9. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class RealProxiesTest {
  private static final String VISITOR = "127.0.0.9";

  @TempDir private Path state;
  @TempDir private Path home;
  private Path accessLog;
  private SampleApp app;

  @BeforeEach
  void start() throws Exception {
    accessLog = state.resolve("access.log");
    app = SampleApp.start(Tunnel.ANY_PORT);
  }

  @AfterEach
  void stop() {
    app.close();
  }

  private Tunnel tunnel(TrustedProxies proxies, String balancers) throws Exception {
    Networks networks = Networks.of(balancers.isEmpty() ? List.of() : List.of(balancers));
    return Tunnel.start(
        ServerConfig.local(state)
            .withHttps(Tunnel.ANY_PORT)
            .withVisitors(new VisitorSettings(proxies, networks, 1000))
            .withAccessLog(new AccessLogSettings(accessLog, Format.JSON, true)));
  }

  /** What curl prints of the page with all headers that the service saw. */
  private static String headersSeen(URI tunnel, FrontProxy proxy, String... options)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(PeerProgram.require("curl").toString()));
    command.addAll(List.of("-sSk", "--max-time", "20", "--interface", VISITOR));
    command.addAll(List.of(options));
    String host = tunnel.getHost() + ":" + proxy.port();
    command.addAll(List.of("--resolve", host + ":127.0.0.1"));
    command.add(tunnel.getScheme() + "://" + host + "/headers");
    Process curl = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(curl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static String header(String name, String value) {
    return "\"" + name + "\", \"value\": \"" + value + "\"";
  }

  @ParameterizedTest
  @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
  void behindHaproxyThatSendsItsHeader(String option) throws Exception {
    try (Tunnel tunnel = tunnel(TrustedProxies.NONE, "127.0.0.1")) {
      Client client = tunnel.connect(Tunnel.http(app.address().getPort()));
      try (FrontProxy proxy = FrontProxy.haproxy(home, client.http().getPort(), option)) {
        assertThat(headersSeen(client.http(), proxy)).contains(header("x-forwarded-for", VISITOR));
      }
    }

    assertThat(Files.readString(accessLog)).contains("\"address\":\"127.0.0.9\"");
  }

  @Test
  void http2OverTlsBehindHaproxyThatSendsItsHeader() throws Exception {
    try (Tunnel tunnel = tunnel(TrustedProxies.NONE, "127.0.0.1")) {
      Client client = tunnel.connect(Tunnel.http(app.address().getPort()));
      try (FrontProxy proxy = FrontProxy.haproxy(home, client.https().getPort(), "send-proxy-v2")) {
        assertThat(headersSeen(client.https(), proxy, "--http2"))
            .contains(header("x-forwarded-for", VISITOR), header("x-forwarded-proto", "https"));
      }
    }

    assertThat(Files.readString(accessLog))
        .contains("\"address\":\"127.0.0.9\"", "\"protocol\":\"HTTP/2.0\",\"status\":200");
  }

  @Test
  void behindNginxThatAppendsToWhatTheVisitorSays() throws Exception {
    TrustedProxies nginx =
        new TrustedProxies(Networks.of(List.of("127.0.0.1")), TrustedProxies.Dialect.X_FORWARDED);
    try (Tunnel tunnel = tunnel(nginx, "")) {
      Client client = tunnel.connect(Tunnel.http(app.address().getPort()));
      try (FrontProxy proxy = FrontProxy.nginx(home, client.http().getPort())) {
        String seen =
            headersSeen(
                client.http(),
                proxy,
                "-HX-Forwarded-For: 6.6.6.6",
                "-HForwarded: for=6.6.6.6",
                "-HX-Forwarded-Host: evil.example",
                "-HX-Request-Id: mine");

        assertThat(seen)
            .contains(
                header("x-forwarded-for", "127.0.0.9, 127.0.0.1"),
                header("x-forwarded-proto", "http"))
            .containsPattern("\"x-request-id\", \"value\": \"[0-9a-f]{32}\"")
            .doesNotContain("6.6.6.6", "mine", "evil");
      }
    }

    assertThat(Files.readString(accessLog))
        .contains("\"address\":\"127.0.0.9\"")
        .doesNotContain("6.6.6.6");
  }
}
