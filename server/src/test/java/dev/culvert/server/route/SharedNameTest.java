package dev.culvert.server.route;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.server.route.RouteTable.Request;
import dev.culvert.server.rules.Gate;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that several tunnels have a part of: by paths, in a pool, or below a wildcard. */
final class SharedNameTest {
  private static final Duration HOLD = Duration.ofHours(1);

  /** What an operator may grant beyond the standard. */
  private static final Permissions WIDE =
      new Permissions(
          Permissions.STANDARD.kinds(),
          Permissions.STANDARD.names(),
          List.of(
              new NamePattern("*.app.tunnel.test"),
              new NamePattern("*.example.com"),
              new NamePattern("*.eu.example.com"),
              new NamePattern("*.test")),
          true,
          Permissions.STANDARD.ports(),
          Permissions.UNLIMITED,
          Permissions.UNLIMITED,
          Permissions.UNLIMITED);

  private final HandClock clock = new HandClock();
  @TempDir private Path directory;
  private RouteTable table;

  @BeforeEach
  void open() throws Exception {
    table = reopened();
  }

  private RouteTable reopened() throws IOException {
    return RouteTable.open(
        "tunnel.test", new PortRange(100, 102), directory.resolve("leases.json"), HOLD, clock);
  }

  private Route open(String holder, @Nullable String name, String path, boolean isShared)
      throws RouteRefusedException {
    return table.open(
        new Request(TunnelKind.HTTP, holder, WIDE, "key", name, path, isShared, true, 0),
        kept ->
            new Route(
                TunnelKind.HTTP,
                kept,
                path,
                0,
                1,
                holder,
                Gate.OPEN,
                (preamble, initializer) ->
                    GlobalEventExecutor.INSTANCE.newFailedFuture(new IOException("no streams"))));
  }

  private Route pooled(String holder) throws RouteRefusedException {
    return open(holder, "shop", "", true);
  }

  private RouteRefusedException refusal(
      String holder, @Nullable String name, String path, boolean isShared) {
    return catchThrowableOfType(
        RouteRefusedException.class, () -> open(holder, name, path, isShared));
  }

  private void assertTaken(String holder, String name, String path, boolean isShared) {
    assertThat(refusal(holder, name, path, isShared).code()).isEqualTo(TunnelRefusalCode.TAKEN);
  }

  private @Nullable String ownerAt(String host, String target) {
    HostRoutes routes = table.find(host);
    RoutePool pool = routes == null ? null : routes.at(target);
    return pool == null ? null : requireNonNull(FoundRoute.of(pool)).owner();
  }

  private @Nullable String ownerAt(String host) {
    return ownerAt(host, "/");
  }

  private int sharing(String host) {
    return requireNonNull(requireNonNull(table.find(host)).at("/")).size();
  }

  // Pools.

  @Test
  void clientsOfOneTokenShareANameWhereAllSaySo() throws Exception {
    pooled("ann:1");
    pooled("ann:2");
    pooled("ann:3");

    assertThat(sharing("shop.tunnel.test")).isEqualTo(3);
    assertThat(table.size()).isEqualTo(3);
  }

  @Test
  void nameIsSharedWithNobodyWhoDoesNotSaySo() throws Exception {
    pooled("ann:1");
    assertThat(refusal("ann:2", "shop", "", false).reason()).contains("all need --pool");
    assertTaken("ann:2", "shop", "", false);

    open("ann:1", "blog", "", false);
    assertThat(refusal("ann:2", "blog", "", true).reason()).contains("all need --pool");
    assertTaken("ann:2", "blog", "", true);
  }

  @Test
  void nameIsSharedWithNobodyOfAnotherToken() throws Exception {
    pooled("ann:1");

    assertTaken("bob:1", "shop", "", true);
    assertTaken("bob:1", "shop", "/api", true);
    assertThat(refusal("bob:1", "shop", "", true).reason()).contains("in use by another tunnel");
  }

  @Test
  void nameOfAPoolIsInUseUntilTheLastHasLeft() throws Exception {
    Route first = pooled("ann:1");
    Route second = pooled("ann:2");

    table.close(first);
    assertThat(sharing("shop.tunnel.test")).isEqualTo(1);
    pooled("ann:1");
    table.close(second);
    assertThat(sharing("shop.tunnel.test")).isEqualTo(1);
    assertTaken("ann:2", "shop", "", false);
  }

  @Test
  void nameOfAPoolIsHeldForAllOfIt() throws Exception {
    Route first = pooled("ann:1");
    Route second = pooled("ann:2");
    table.close(second);
    table.close(first);
    table.save();
    table = reopened();

    assertTaken("bob:1", "shop", "", true);
    assertTaken("ann:3", "shop", "", false);
    assertThat(table.isProvenHold("shop", "/", "ann:1", true)).isTrue();
    assertThat(table.isProvenHold("shop", "/api/", "ann:1", true)).isFalse();
    assertThat(table.isProvenHold("shop", null, "ann:1", true)).isTrue();
    pooled("ann:1");
    assertThat(table.isProvenHold("shop", null, "ann:2", true)).isTrue();
    assertThat(table.isProvenHold("shop", null, "bob:1", true)).isFalse();
    pooled("ann:2");
    assertThat(sharing("shop.tunnel.test")).isEqualTo(2);
  }

  @Test
  void poolNeedsANameOfItsChoice() {
    assertThat(refusal("ann:1", null, "", true).code()).isEqualTo(TunnelRefusalCode.INVALID);
  }

  // Paths.

  @Test
  void tunnelsOfOneTokenHaveAPartOfTheirHostEach() throws Exception {
    open("ann:1", "shop", "", false);
    Route api = open("ann:2", "shop", "/api", false);
    open("ann:3", "shop", "/api/v1", false);

    assertThat(ownerAt("shop.tunnel.test", "/x")).isEqualTo("ann:1");
    assertThat(ownerAt("shop.tunnel.test", "/api/x")).isEqualTo("ann:2");
    assertThat(ownerAt("shop.tunnel.test", "/api/v1/x")).isEqualTo("ann:3");
    table.close(api);
    assertThat(ownerAt("shop.tunnel.test", "/api/x")).isEqualTo("ann:1");
    assertThat(ownerAt("shop.tunnel.test", "/api/v1/x")).isEqualTo("ann:3");
  }

  @Test
  void pathIsOneTunnelsLikeAName() throws Exception {
    Route api = open("ann:1", "shop", "/api", false);

    assertTaken("ann:2", "shop", "/api", false);
    table.close(api);
    assertTaken("ann:2", "shop", "/api", false);
    clock.advance(HOLD);
    open("ann:2", "shop", "/api", false);
  }

  @Test
  void otherPathsOfANameAreNobodyElsesWhileOneIsInUseOrHeld() throws Exception {
    Route api = open("ann:1", "shop", "/api", false);
    assertTaken("bob:1", "shop", "", false);
    assertTaken("bob:1", "shop", "/b", false);

    table.close(api);
    table.save();
    table = reopened();
    assertThat(ownerAt("shop.tunnel.test", "/api")).isNull();
    assertTaken("bob:1", "shop", "", false);
    assertTaken("bob:1", "shop", "/b", false);

    clock.advance(HOLD);
    open("bob:1", "shop", "/b", false);
  }

  @Test
  void clientThatAsksForNoNameGetsTheOneOfItsPathAgain() throws Exception {
    Route whole = open("ann:1", null, "", false);
    Route api = open("ann:1", null, "/api", false);
    table.close(whole);
    table.close(api);

    assertThat(open("ann:1", null, "/api", false).name()).isEqualTo(api.name());
    assertThat(open("ann:1", null, "", false).name()).isEqualTo(whole.name());
  }

  @Test
  void pathOfATunnelIsNoPort() throws Exception {
    assertThat(refusal("ann:1", "tcp", "/100", false).code()).isEqualTo(TunnelRefusalCode.INVALID);
  }

  // Wildcards.

  @Test
  void ownNameGoesBeforeTheLongestWildcard() throws Exception {
    open("ann:1", "*.example.com", "", false);
    open("ann:2", "*.eu.example.com", "", false);
    open("ann:3", "www.eu.example.com", "", false);

    assertThat(ownerAt("a.example.com")).isEqualTo("ann:1");
    assertThat(ownerAt("A.b.Example.com.:443")).isEqualTo("ann:1");
    assertThat(ownerAt("xeu.example.com")).isEqualTo("ann:1");
    assertThat(ownerAt("eu.example.com")).isEqualTo("ann:1");
    assertThat(ownerAt("a.eu.example.com")).isEqualTo("ann:2");
    assertThat(ownerAt("a.www.eu.example.com")).isEqualTo("ann:2");
    assertThat(ownerAt("www.eu.example.com")).isEqualTo("ann:3");
    assertThat(ownerAt("example.com")).isNull();
    assertThat(ownerAt("aexample.com")).isNull();
    assertThat(ownerAt(".example.com")).isNull();
    assertThat(ownerAt("*.example.com")).isNull();
    assertThat(ownerAt("*.eu.example.com")).isNull();
  }

  @Test
  void wildcardMayBeRelativeToTheDomain() throws Exception {
    Route route = open("ann:1", "*.APP", "", false);

    assertThat(table.host(route)).isEqualTo("*.app.tunnel.test");
    assertThat(ownerAt("x.app.tunnel.test")).isEqualTo("ann:1");
    assertThat(ownerAt("y.x.app.tunnel.test")).isEqualTo("ann:1");
    assertThat(ownerAt("app.tunnel.test")).isNull();
    assertThat(ownerAt("x.tunnel.test")).isNull();
    assertThat(ownerAt("x.app")).isNull();
    assertThat(ownerAt("*.app")).isNull();
    assertThat(table.hasHost("x.app.tunnel.test")).isFalse();
    table.close(route);
    assertThat(ownerAt("x.app.tunnel.test")).isNull();
  }

  @Test
  void wildcardFromElsewhereHasNothingOfTheServersDomain() throws Exception {
    table =
        RouteTable.open(
            "tunnel.example.com",
            new PortRange(100, 102),
            directory.resolve("other.json"),
            HOLD,
            clock);
    open("ann:1", "*.example.com", "", false);

    assertThat(ownerAt("a.example.com")).isEqualTo("ann:1");
    assertThat(ownerAt("tunnel.example.com")).isNull();
    assertThat(ownerAt("a.tunnel.example.com")).isNull();
    assertThat(ownerAt("b.a.tunnel.example.com")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "*.tunnel.test", "*.", "*.*.example.com", "a.*.example.com"})
  void whatWouldBeAWholeDomainIsRefused(String name) {
    assertThat(refusal("ann:1", name, "", false).code()).isEqualTo(TunnelRefusalCode.INVALID);
  }

  @ParameterizedTest
  @CsvSource({
    "*.example.com, false",
    "*.eu.example.com, true",
    "a.eu.example.com, true",
    "*.org, false",
    "*.a.eu.example.com, false",
    "*.proven.org, false",
    "proven.org, true"
  })
  void wildcardNeedsAGrantOfJustItself(String name, boolean isAllowed) {
    Permissions granted =
        new Permissions(
            WIDE.kinds(),
            WIDE.names(),
            List.of(new NamePattern("*.eu.example.com"), new NamePattern("www-*.example.com")),
            true,
            WIDE.ports(),
            Permissions.UNLIMITED,
            Permissions.UNLIMITED,
            Permissions.UNLIMITED);

    assertThat(granted.allowDomain(name, true)).isEqualTo(isAllowed);
    assertThat(Permissions.STANDARD.allowDomain(name, true))
        .isEqualTo(name.equals("proven.org") || name.equals("a.eu.example.com"));
    assertThat(Permissions.STANDARD.allowDomain(name, false)).isFalse();
    if (name.startsWith("*")) {
      assertThat(table.hostToProve(TunnelKind.HTTP, name, granted)).isNull();
    }
  }

  @Test
  void wildcardDoesNotStandForWhatIsAnothersThatIsAway() throws Exception {
    open("ann:1", "*.example.com", "", false);
    Route bobs = open("bob:1", "www.example.com", "", false);
    Route anns = open("ann:2", "api.example.com", "", false);
    assertThat(ownerAt("www.example.com")).isEqualTo("bob:1");

    table.close(bobs);
    table.close(anns);

    assertThat(ownerAt("www.example.com")).isNull();
    assertThat(ownerAt("api.example.com")).isEqualTo("ann:1");
    clock.advance(HOLD);
    table.save(); // which housekeeping does twice a second
    assertThat(ownerAt("www.example.com")).isEqualTo("ann:1");
  }

  @Test
  void hostOfTooManyLabelsIsNobodys() throws Exception {
    open("ann:1", "*.example.com", "", false);

    assertThat(ownerAt("a.".repeat(8) + "example.com")).isEqualTo("ann:1");
    assertThat(ownerAt("a.".repeat(9) + "example.com")).isNull();
  }

  // Connections.

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "none, shop.tunnel.test, false",
        "shop.tunnel.test, shop.tunnel.test:443, false",
        "SHOP.tunnel.test, shop.TUNNEL.test., false",
        "blog.tunnel.test, shop.tunnel.test, false",
        "www.example.com, shop.tunnel.test, false",
        "other.tunnel.test, shop.tunnel.test, true",
        "shop.tunnel.test, other.tunnel.test, true",
        "tunnel.test, shop.tunnel.test, true",
        "nobody.test, shop.tunnel.test, true",
        "shop.tunnel.test, nobody.test, false",
        "nobody.tunnel.test, tunnel.test, false"
      })
  void requestForSomebodyElsesHostIsOnTheWrongConnection(
      @Nullable String serverName, String host, boolean isMisdirected) throws Exception {
    open("ann:1", "shop", "", false);
    open("ann:2", "blog", "/blog", false);
    open("ann:3", "*.example.com", "", false);
    open("bob:1", "other", "", false);

    assertThat(table.isMisdirected(serverName, host)).isEqualTo(isMisdirected);
  }
}
