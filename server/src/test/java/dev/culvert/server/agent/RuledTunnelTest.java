package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.RuleKind;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.server.route.FoundRoute;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.rules.Gate;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules that a client asks for, and what its token allows of them. */
final class RuledTunnelTest {
  private static final Permissions STANDARD = Permissions.STANDARD;

  @TempDir private Path state;

  private static Permissions allowing(Set<RuleKind> rules) {
    return new Permissions(
        STANDARD.kinds(),
        STANDARD.names(),
        STANDARD.domains(),
        true,
        STANDARD.ports(),
        Permissions.UNLIMITED,
        Permissions.UNLIMITED,
        Permissions.UNLIMITED,
        rules);
  }

  private static VisitorRules rules(Consumer<RulesDraft> change) {
    RulesDraft draft = new RulesDraft();
    change.accept(draft);
    return draft.finished();
  }

  private AgentGround ground(Set<RuleKind> rules) throws Exception {
    return new AgentGround(state, allowing(rules), Clock.systemUTC());
  }

  private static ServerMessage ask(
      TestClient client, TunnelKind kind, @Nullable VisitorRules rules) {
    String name = kind == TunnelKind.HTTP ? "shop" : null;
    client.say(new OpenTunnel(1, kind, "key", name, 0, null, false, rules));
    return client.heard.remove();
  }

  private static void assertRefused(ServerMessage answer, TunnelRefusalCode code, String... words) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal.message()).contains(words);
            });
  }

  @Test
  void routeHasTheGateOfItsRules() throws Exception {
    try (AgentGround ground = ground(STANDARD.rules())) {
      TestClient client = ground.connect(AgentGround.ANN);
      VisitorRules rules = rules(draft -> draft.cidrDeny.add("192.0.2.0/24"));

      assertThat(ask(client, TunnelKind.HTTP, rules))
          .isEqualTo(new TunnelOpened(1, List.of("url:shop"), true));

      Gate gate = ground.opened.getFirst().gate();
      assertThat(gate.kinds()).containsExactly(RuleKind.CIDR);
      assertThat(gate.lets(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}))).isFalse();
      assertThat(gate.lets(InetAddress.getLoopbackAddress())).isTrue();
      client.cut();
    }
  }

  @Test
  void clientWithoutRulesHasAnOpenGate() throws Exception {
    try (AgentGround ground = ground(Set.of())) {
      TestClient client = ground.connect(AgentGround.ANN);

      assertThat(ask(client, TunnelKind.HTTP, null))
          .isEqualTo(new TunnelOpened(1, List.of("url:shop"), false));

      assertThat(ground.opened.getFirst().gate()).isSameAs(Gate.OPEN);
      client.cut();
    }
  }

  static Stream<Arguments> eachKind() {
    return Stream.of(
        Arguments.of(
            RuleKind.BASIC_AUTH,
            (Consumer<RulesDraft>)
                draft ->
                    draft.basicAuth.add(
                        new Credential(
                            "a",
                            new Secret("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ")))),
        Arguments.of(RuleKind.CIDR, (Consumer<RulesDraft>) draft -> draft.cidrAllow.add("::1")),
        Arguments.of(
            RuleKind.RATE_LIMIT,
            (Consumer<RulesDraft>) draft -> draft.visitorRate = new VisitorRules.Rate(1, 1)),
        Arguments.of(RuleKind.MAX_REQUESTS, (Consumer<RulesDraft>) draft -> draft.maxRequests = 1),
        Arguments.of(RuleKind.MAX_BODY, (Consumer<RulesDraft>) draft -> draft.maxBodyBytes = 1),
        Arguments.of(RuleKind.HOST_HEADER, (Consumer<RulesDraft>) draft -> draft.hostHeader = "a"),
        Arguments.of(
            RuleKind.HTTPS_REDIRECT, (Consumer<RulesDraft>) draft -> draft.httpsRedirect = true),
        Arguments.of(
            RuleKind.FILTER,
            (Consumer<RulesDraft>) draft -> draft.filters.add(VisitorFilter.parse("deny path /"))),
        Arguments.of(RuleKind.COMPRESS, (Consumer<RulesDraft>) draft -> draft.compress = true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("eachKind")
  void ruleIsHadWhereTheTokenAllowsItsKind(RuleKind kind, Consumer<RulesDraft> change)
      throws Exception {
    Set<RuleKind> others =
        Set.copyOf(Stream.of(RuleKind.values()).filter(other -> other != kind).toList());
    try (AgentGround ground = ground(others)) {
      TestClient client = ground.connect(AgentGround.ANN);

      ServerMessage answer = ask(client, TunnelKind.HTTP, rules(change));

      assertRefused(
          answer, TunnelRefusalCode.FORBIDDEN, "does not allow rules for " + kind.text() + ";");
      assertThat(ground.opened).isEmpty();
      assertThat(ask(client, TunnelKind.HTTP, null)).isInstanceOf(TunnelOpened.class);
      client.cut();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("eachKind")
  void tunnelEndsWhereItsRuleIsNoLongerAllowed(RuleKind kind, Consumer<RulesDraft> change)
      throws Exception {
    try (AgentGround ground = ground(Set.of(kind))) {
      TestClient client = ground.connect(AgentGround.ANN);
      assertThat(ask(client, TunnelKind.HTTP, rules(change))).isInstanceOf(TunnelOpened.class);

      ground.tokens.narrow("laptop", allowing(Set.of()));
      ground.verifier.reloadIfChanged();
      client.drive();

      assertRefused(client.heard.remove(), TunnelRefusalCode.FORBIDDEN, "no longer allows");
      assertThat(FoundRoute.of(ground.routes, "shop.localhost")).isNull();
      client.cut();
    }
  }

  @Test
  void ruleThatTheServerDoesNotKnowIsRefusedByItsName() throws Exception {
    try (AgentGround ground = ground(STANDARD.rules())) {
      TestClient client = ground.connect(AgentGround.ANN);

      client.say(
          TestClient.frame(
              "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"http\",\"key\":\"k\","
                  + "\"rules\":{\"oauth\":{\"provider\":\"x\"}}}"));

      assertRefused(client.heard.remove(), TunnelRefusalCode.INVALID, "not known here: oauth");
      assertThat(ground.routes.size()).isZero();
      client.cut();
    }
  }

  @Test
  void hashThatCannotBeUsedIsRefusedWithoutBeingShown() throws Exception {
    try (AgentGround ground = ground(STANDARD.rules())) {
      TestClient client = ground.connect(AgentGround.ANN);
      VisitorRules rules =
          rules(draft ->
              draft.basicAuth.add(
                  new Credential(
                      "a", new Secret("$argon2id$v=19$m=999999,t=9,p=1$c29tZXNhbHQ$c29tZXNhbHQ"))));

      ServerMessage answer = ask(client, TunnelKind.HTTP, rules);

      assertRefused(answer, TunnelRefusalCode.INVALID, "password hash: expected m at most");
      assertThat(answer.toString()).doesNotContain("c29tZXNhbHQ");
      assertThat(ask(client, TunnelKind.HTTP, null)).isInstanceOf(TunnelOpened.class);
      client.cut();
    }
  }

  @Test
  void tcpTunnelHasRulesForAddressesOnly() throws Exception {
    try (AgentGround ground = ground(STANDARD.rules())) {
      TestClient client = ground.connect(AgentGround.ANN);

      ServerMessage refused =
          ask(
              client,
              TunnelKind.TCP,
              rules(draft -> {
                draft.cidrAllow.add("::1");
                draft.maxBodyBytes = 1;
                draft.compress = true;
              }));
      ServerMessage opened =
          ask(client, TunnelKind.TCP, rules(draft -> draft.cidrAllow.add("::1")));

      assertRefused(
          refused,
          TunnelRefusalCode.INVALID,
          "a TCP tunnel can have no rules for max-body, compress; possible are cidr");
      assertThat(opened).isInstanceOf(TunnelOpened.class);
      client.cut();
    }
  }
}
