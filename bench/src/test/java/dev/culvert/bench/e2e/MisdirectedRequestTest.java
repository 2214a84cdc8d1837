package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.visitor.Networks;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.server.visitor.VisitorSettings;
import dev.culvert.tls.DevAuthority;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests over a connection that was made for another host, as browsers send them where one
 * certificate is for both. Ann has {@code shop} and {@code blog} below the server's domain, and
 * {@code www.ann.localhost} with a certificate of its own; bob has {@code other}.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MisdirectedRequestTest {
  private Tunnel tunnel;
  private SampleApp app;

  @BeforeAll
  void start(@TempDir Path state) throws Exception {
    app = SampleApp.start(Tunnel.ANY_PORT);
    tunnel = tunnel(state, VisitorSettings.STANDARD);
  }

  /** A server with all these tunnels. */
  private Tunnel tunnel(Path state, VisitorSettings settings) throws Exception {
    Path certificates = Files.createDirectories(state.resolve("certificates"));
    DevAuthority.loadOrCreate(state.resolve("ca"))
        .issue(List.of("www.ann.localhost"))
        .write(certificates.resolve("ann.pem"));
    Tunnel started =
        Tunnel.start(
            ServerConfig.local(state.resolve("server"))
                .withDomain("tunnel.localhost")
                .withHttps(Tunnel.ANY_PORT)
                .withCertificates(null, certificates)
                .withVisitors(settings));
    Permissions standard = Permissions.STANDARD;
    Permissions permissions =
        new Permissions(
            standard.kinds(),
            standard.names(),
            List.of(new NamePattern("www.ann.localhost")),
            false,
            standard.ports(),
            Permissions.UNLIMITED,
            Permissions.UNLIMITED,
            Permissions.UNLIMITED);
    Secret ann = started.server().tokens().create("ann", permissions, null).text();
    FinestOutput.tell(ann);
    int port = app.address().getPort();
    started
        .start(
            started.clientConfig(
                ann,
                Tunnel.http(port, "shop"),
                Tunnel.http(port, "blog"),
                Tunnel.http(port, "www.ann.localhost")))
        .awaitOpened(3);
    started.connect(Tunnel.http(port, "other"));
    return started;
  }

  @AfterAll
  void stop() {
    tunnel.close();
    app.close();
  }

  private static int http1(RawVisitor visitor, String host) throws Exception {
    visitor.requestTo(host, "GET", "/echo?text=here");
    RawVisitor.Head head = visitor.readHead();
    String body = visitor.readBody(head);
    assertThat(head.header("culvert-error")).isEqualTo(error(head.status()));
    assertThat(body.equals("here")).isEqualTo(head.status() == 200);
    return head.status();
  }

  private static int http2(Http2Dialogue visitor, String host) throws Exception {
    Http2Dialogue.Answer answer = visitor.ask("GET", host, "/echo?text=here");
    assertThat(answer.header("culvert-error")).isEqualTo(error(answer.status()));
    assertThat(answer.text().equals("here")).isEqualTo(answer.status() == 200);
    return answer.status();
  }

  private static String error(int status) {
    return switch (status) {
      case 421 -> "misdirected-request";
      case 404 -> "no-such-tunnel";
      default -> "";
    };
  }

  @ParameterizedTest
  @CsvSource({
    "shop.tunnel.localhost, shop.tunnel.localhost, 200",
    "shop.tunnel.localhost, SHOP.Tunnel.LOCALHOST:443, 200",
    "SHOP.tunnel.localhost, shop.tunnel.localhost.:8443, 200",
    "shop.tunnel.localhost, blog.tunnel.localhost, 200",
    "blog.tunnel.localhost, Shop.tunnel.localhost:1, 200",
    "shop.tunnel.localhost, other.tunnel.localhost, 421",
    "other.tunnel.localhost, shop.tunnel.localhost:443, 421",
    "shop.tunnel.localhost, www.ann.localhost, 421",
    "www.ann.localhost, shop.tunnel.localhost, 421",
    "www.ann.localhost, WWW.ann.localhost:443, 200",
    "nobody.tunnel.localhost, shop.tunnel.localhost, 421",
    "tunnel.localhost, shop.tunnel.localhost, 421",
    "shop.tunnel.localhost, nobody.tunnel.localhost, 404",
  })
  void onlyTheOwnersHostsOfOneCertificateShareAConnection(
      String serverName, String host, int status) throws Exception {
    int port = tunnel.server().httpsAddress().getPort();
    try (RawVisitor http1 = RawVisitor.to(URI.create("https://" + serverName + ":" + port));
        Http2Dialogue http2 = Http2Dialogue.open(port, serverName)) {
      for (int i = 0; i < 2; i++) { // the connection stays good for others
        assertThat(http1(http1, host)).isEqualTo(status);
        assertThat(http2(http2, host)).isEqualTo(status);
      }
    }
  }

  @Test
  void overPlainHttpNothingIsMisdirected() throws Exception {
    try (RawVisitor visitor = RawVisitor.to(tunnel.server().httpAddress().getPort())) {
      assertThat(http1(visitor, "shop.tunnel.localhost")).isEqualTo(200);
      assertThat(http1(visitor, "other.tunnel.localhost:80")).isEqualTo(200);
      assertThat(http1(visitor, "www.ann.localhost")).isEqualTo(200);
    }
  }

  @Test
  void trustedProxyHasOneConnectionForAllHosts(@TempDir Path state) throws Exception {
    Networks loopback = Networks.of(List.of("127.0.0.0/8", "::1"));
    TrustedProxies proxies = new TrustedProxies(loopback, TrustedProxies.Dialect.X_FORWARDED);
    try (Tunnel proxied = tunnel(state, new VisitorSettings(proxies, Networks.NONE, 100))) {
      int port = proxied.server().httpsAddress().getPort();
      try (RawVisitor http1 = RawVisitor.to(URI.create("https://tunnel.localhost:" + port));
          Http2Dialogue http2 = Http2Dialogue.open(port, "tunnel.localhost")) {
        for (String host : List.of("shop.tunnel.localhost", "other.tunnel.localhost")) {
          assertThat(http1(http1, host)).isEqualTo(200);
          assertThat(http2(http2, host)).isEqualTo(200);
        }
      }
    }
  }
}
