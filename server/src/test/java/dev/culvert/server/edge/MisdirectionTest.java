package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import dev.culvert.tls.CertificateStore;
import dev.culvert.tls.DevAuthority;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests on a connection whose TLS was for another name. */
final class MisdirectionTest {
  private final CertificateStore certificates = new CertificateStore(Clock.systemUTC());
  private RouteTable routes;
  private Misdirection misdirection;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    routes =
        RouteTable.open(
            "tunnel.test",
            new PortRange(1, 1),
            state.resolve("leases.json"),
            Duration.ofHours(1),
            Clock.systemUTC());
    route("ann:1", "shop");
    route("ann:2", "blog");
    route("ann:3", "www.example.com");
    route("bob:1", "other");
    certificates.setDefault(
        DevAuthority.loadOrCreate(state.resolve("ca"))
            .issue(List.of("tunnel.test", "*.tunnel.test")));
    certificates.adopt(
        DevAuthority.loadOrCreate(state.resolve("ca")).issue(List.of("www.example.com")));
    misdirection = new Misdirection(routes, certificates);
  }

  @AfterEach
  void close() {
    certificates.close();
  }

  private void route(String holder, String name) throws Exception {
    Permissions standard = Permissions.STANDARD;
    Permissions permissions =
        new Permissions(
            standard.kinds(),
            standard.names(),
            List.of(new NamePattern("*.example.com")),
            true,
            standard.ports(),
            Permissions.UNLIMITED,
            Permissions.UNLIMITED,
            Permissions.UNLIMITED);
    routes.open(
        new RouteTable.Request(TunnelKind.HTTP, holder, permissions, "key", name, false, 0),
        kept ->
            new Route(
                TunnelKind.HTTP,
                kept,
                0,
                1,
                holder,
                (preamble, initializer) ->
                    GlobalEventExecutor.INSTANCE.newFailedFuture(new IOException("no streams"))));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "none, shop.tunnel.test, false",
        "shop.tunnel.test, shop.tunnel.test:8443, false",
        "shop.tunnel.test, SHOP.Tunnel.test., false",
        "shop.tunnel.test, blog.tunnel.test:443, false",
        "shop.tunnel.test, other.tunnel.test, true",
        "other.tunnel.test, shop.tunnel.test, true",
        "shop.tunnel.test, www.example.com, true",
        "www.example.com, shop.tunnel.test:443, true",
        "www.example.com, www.example.com:443, false",
        "nobody.tunnel.test, shop.tunnel.test, true",
        "shop.tunnel.test, nobody.tunnel.test, false",
        "www.example.com, nobody.test, false"
      })
  void requestIsMisdirectedWhereOwnerOrCertificateDiffer(
      @Nullable String serverName, String host, boolean isMisdirected) {
    assertThat(misdirection.isAt(serverName, host)).isEqualTo(isMisdirected);
  }
}
