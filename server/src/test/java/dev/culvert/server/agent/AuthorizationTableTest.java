package dev.culvert.server.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ClientMessage;
import dev.culvert.mux.control.ClientMessage.CloseTunnel;
import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.ClientMessage.TunnelHealth;
import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.FoundRoute;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.Route;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every word a client may say, and every stream to it, under every kind of grant. */
final class AuthorizationTableTest {
  private static final Permissions STANDARD = Permissions.STANDARD;

  private static final Map<String, Permissions> GRANTS =
      Map.of(
          "standard", STANDARD,
          "shops", permissions("http", "shop-*", "", false, "1-65535"),
          "ports", permissions("tcp", "*", "*.example.com", true, "100-150"),
          "domain", permissions("http", "", "www.example.com", false, ""),
          "nothing", permissions("", "*", "*.example.com", true, "1-65535"));

  /** What may be had, by what is asked for and by grant; a dash where it is forbidden. */
  private static final String TABLE =
      """
      asked for           standard  shops  ports  domain  nothing
      http                open      open   -      -       -
      http shop-1         open      open   -      -       -
      http SHOP-1         open      open   -      -       -
      http blog           open      -      -      -       -
      http blog.localhost open      -      -      -       -
      http www.example.com -        -      -      open    -
      http api.example.com -        -      -      -       -
      http proven.example.org open  -      -      -       -
      http *.example.com  -         -      -      -       -
      tcp                 open      -      open   -       -
      tcp 120             open      -      open   -       -
      tcp 200             open      -      -      -       -
      """;

  @TempDir private Path state;

  private static Permissions permissions(
      String kind, String name, String domain, boolean provenDomains, String ports) {
    return new Permissions(
        kind.isEmpty() ? Set.of() : Set.of(kind.equals("http") ? TunnelKind.HTTP : TunnelKind.TCP),
        name.isEmpty() ? List.of() : List.of(new NamePattern(name)),
        domain.isEmpty() ? List.of() : List.of(new NamePattern(domain)),
        provenDomains,
        ports.isEmpty() ? List.of() : List.of(PortRange.parse(ports)),
        Permissions.UNLIMITED,
        Permissions.UNLIMITED,
        Permissions.UNLIMITED);
  }

  static Stream<Arguments> cells() {
    List<String> rows = TABLE.lines().toList();
    List<String> grants = List.of(rows.getFirst().strip().split(" {2,}"));
    List<Arguments> cells = new ArrayList<>();
    for (String row : rows.subList(1, rows.size())) {
      String[] words = row.strip().split(" +");
      String asked = String.join(" ", List.of(words).subList(0, words.length - GRANTS.size()));
      for (int i = 1; i < grants.size(); i++) {
        boolean isOpen = words[words.length - grants.size() + i].equals("open");
        cells.add(Arguments.of(asked, grants.get(i), isOpen));
      }
    }
    return cells.stream();
  }

  private static OpenTunnel message(String asked) {
    String[] words = asked.split(" ", 2);
    @Nullable String what = words.length == 1 ? null : words[1];
    return words[0].equals("http")
        ? new OpenTunnel(1, TunnelKind.HTTP, "key", what, 0)
        : new OpenTunnel(1, TunnelKind.TCP, "key", null, what == null ? 0 : Integer.parseInt(what));
  }

  private static ServerMessage ask(TestClient client, String asked) {
    client.say(message(asked));
    return client.heard.remove();
  }

  @Test
  void everyMessageOfAClientIsInTheTable() {
    assertThat(ClientMessage.class.getPermittedSubclasses())
        .containsExactlyInAnyOrder(OpenTunnel.class, TunnelHealth.class, CloseTunnel.class);
    assertThat(TunnelKind.values()).containsExactly(TunnelKind.HTTP, TunnelKind.TCP);
  }

  @ParameterizedTest(name = "{0} with {1}: {2}")
  @MethodSource("cells")
  void tunnelIsOpenedWhereTheGrantAllowsIt(String asked, String grant, boolean isOpen)
      throws Exception {
    try (AgentGround ground = ground(GRANTS.get(grant), InstantSource.system())) {
      TestClient client = ground.connect(AgentGround.ANN);

      ServerMessage answer = ask(client, asked);

      if (isOpen) {
        assertThat(answer).isInstanceOf(TunnelOpened.class);
        assertThat(openStream(ground).isSuccess()).isTrue();
      } else {
        assertForbidden(answer);
        assertThat(ground.opened).isEmpty();
      }
      client.cut();
    }
  }

  /** Without those that leave the choice to the server. */
  static Stream<Arguments> namedCells() {
    return cells().filter(cell -> String.valueOf(cell.get()[0]).contains(" "));
  }

  @ParameterizedTest(name = "{0} with {1}: {2}")
  @MethodSource("namedCells")
  void openTunnelEndsWhereTheGrantIsNarrowedToWhatForbidsIt(
      String asked, String grant, boolean isOpen) throws Exception {
    try (AgentGround ground = ground(everything(), InstantSource.system())) {
      TestClient client = ground.connect(AgentGround.ANN);
      assertThat(ask(client, asked)).isInstanceOf(TunnelOpened.class);
      StreamChannel before = openStream(ground).getNow();

      ground.tokens.narrow("laptop", requireNonNull(GRANTS.get(grant)));
      Future<StreamChannel> unnoticed = openStream(ground);
      ground.verifier.reloadIfChanged();
      client.drive();

      assertThat(unnoticed.isSuccess()).isTrue(); // until the registry is read again
      assertThat(before.isOpen()).isEqualTo(isOpen);
      assertThat(unnoticed.getNow().isOpen()).isEqualTo(isOpen);
      assertThat(openStream(ground).isSuccess()).isEqualTo(isOpen);
      if (isOpen) {
        assertThat(client.heard).isEmpty();
      } else {
        assertForbidden(client.heard.remove());
        assertForbidden(ask(client, asked));
      }
      client.say(new TunnelHealth(1, false)); // allowed to everyone, whether or not it is there
      client.say(new CloseTunnel(1)); // allowed to everyone, whether or not it is there
      assertThat(client.server.isOpen()).isTrue();
      client.cut();
    }
  }

  /** Ways in which a token ceases to be good. */
  enum End {
    REVOKED,
    EXPIRED,
    REPLACED,
    FORGOTTEN
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void nothingIsAllowedByATokenThatIsNoLongerGood(End end) throws Exception {
    MovedClock clock = new MovedClock();
    try (AgentGround ground = ground(everything(), clock)) {
      TestClient client = ground.connect(AgentGround.ANN);
      assertThat(ask(client, "http shop-1")).isInstanceOf(TunnelOpened.class);
      Route route = ground.opened.getFirst();
      StreamChannel before = openStream(ground).getNow();
      TestClient late = new TestClient(ground);

      switch (end) {
        case REVOKED -> ground.tokens.revoke("laptop");
        case EXPIRED -> clock.now = clock.now.plus(Duration.ofHours(1));
        case REPLACED -> ground.tokens.rotate("laptop", Duration.ZERO, null);
        case FORGOTTEN ->
            Files.writeString(state.resolve("tokens.json"), "{\"version\": 2, \"tokens\": []}");
      }
      ground.verifier.reloadIfChanged();
      client.drive();

      assertThat(FoundRoute.of(ground.routes, "shop-1.localhost")).isNull();
      assertThat(before.isOpen()).isFalse();
      assertThat(openStream(route).isSuccess()).isFalse();
      assertThat(client.server.isOpen()).isFalse();
      assertThat(ground.agents.size()).isZero();
      assertUnauthorized(ground, late, null);
      assertUnauthorized(ground, new TestClient(ground), client.session());
    }
  }

  private static void assertUnauthorized(
      AgentGround ground, TestClient client, @Nullable String joins) throws Exception {
    ground.warm(ground.token.text());
    client.send(ControlCodec.encode(ground.hello(AgentGround.ANN, joins)));
    assertThat(client.answer())
        .isInstanceOfSatisfying(
            HelloAnswer.Refusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(EndCode.UNAUTHORIZED));
  }

  private static void assertForbidden(ServerMessage answer) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.FORBIDDEN));
  }

  /** More than the standard: host names of the example too. */
  private static Permissions everything() {
    return new Permissions(
        STANDARD.kinds(),
        STANDARD.names(),
        List.of(new NamePattern("*.example.com")),
        true,
        STANDARD.ports(),
        Permissions.UNLIMITED,
        Permissions.UNLIMITED,
        Permissions.UNLIMITED);
  }

  private AgentGround ground(@Nullable Permissions permissions, InstantSource clock)
      throws Exception {
    AgentGround ground = new AgentGround(state, requireNonNull(permissions), clock);
    ground.nameServer.put(
        "_culvert.proven.example.org", "culvert-token=" + ground.token.record().id());
    for (String host : List.of("proven.example.org", "www.example.com", "api.example.com")) {
      ground.warmProof(host);
    }
    return ground;
  }

  private static Future<StreamChannel> openStream(AgentGround ground) {
    return openStream(ground.opened.getFirst());
  }

  private static Future<StreamChannel> openStream(Route route) {
    Future<StreamChannel> stream =
        route
            .opener()
            .open(
                new StreamOpen(route.kind(), route.tunnel(), null, null),
                new ChannelInboundHandlerAdapter());
    return stream;
  }

  private static final class MovedClock implements InstantSource {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }
  }
}
