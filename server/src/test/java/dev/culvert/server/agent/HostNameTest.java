package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.server.route.FoundRoute;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Host names that are not below the server's domain. */
final class HostNameTest {
  private static final String HOST = "www.example.com";

  private AgentGround ground;
  private TestClient client;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new AgentGround(state);
    client = ground.connect(AgentGround.ANN);
  }

  @AfterEach
  void close() {
    client.cut();
    ground.close();
  }

  private void prove(String host) throws Exception {
    ground.nameServer.put("_culvert." + host, "culvert-token=" + ground.token.record().id());
    ground.warmProof(host);
  }

  @Test
  void provenNameIsOpenedAndFoundByTheWholeOfIt() throws Exception {
    prove(HOST);

    assertThat(client.openHttp(1, "WWW.Example.com"))
        .isEqualTo(new TunnelOpened(1, List.of("url:" + HOST)));

    assertThat(FoundRoute.of(ground.routes, "www.EXAMPLE.com:8443"))
        .isSameAs(ground.opened.getFirst());
    assertThat(FoundRoute.of(ground.routes, "www.example.com.")).isNotNull();
    assertThat(FoundRoute.of(ground.routes, "example.com")).isNull();
    assertThat(FoundRoute.of(ground.routes, "www.example.com.localhost")).isNull();
    assertThat(FoundRoute.of(ground.routes, "a.www.example.com")).isNull();
  }

  @Test
  void labelIsNotFoundAsAHostNameOfItsOwn() {
    client.openHttp(1, "app");

    assertThat(FoundRoute.of(ground.routes, "app")).isNull();
    assertThat(FoundRoute.of(ground.routes, "app.")).isNull();
    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNotNull();
  }

  @Test
  void unprovenNameIsRefusedWithTheRecordThatIsMissing() throws Exception {
    ground.warmProof(HOST);

    assertThat(client.openHttp(1, HOST))
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.FORBIDDEN);
              assertThat(refusal.message())
                  .contains(
                      "_culvert.www.example.com TXT culvert-token=" + ground.token.record().id());
            });
    assertThat(FoundRoute.of(ground.routes, HOST)).isNull();
  }

  @Test
  void silentDnsDoesNotTakeANameFromWhoeverHadIt() throws Exception {
    prove(HOST);
    assertThat(client.openHttp(1, HOST)).isInstanceOf(TunnelOpened.class);
    ground.forgetProofs();
    ground.nameServer.breakDown();

    TestClient again = ground.connect(AgentGround.ANN);
    ground.warmProof(HOST);
    assertThat(again.openHttp(1, HOST)).isInstanceOf(TunnelOpened.class);

    ground.warmProof("api.example.com");
    assertThat(again.openHttp(2, "api.example.com")).isInstanceOf(TunnelRefused.class);
    again.cut();
  }

  @Test
  void silentDnsGivesBackNoNameThatWasOnlyListedInTheToken(@TempDir Path other) throws Exception {
    Permissions listed =
        new Permissions(
            Permissions.STANDARD.kinds(),
            Permissions.STANDARD.names(),
            List.of(new NamePattern(HOST)),
            true,
            Permissions.STANDARD.ports(),
            Permissions.UNLIMITED,
            Permissions.UNLIMITED,
            Permissions.UNLIMITED);
    try (AgentGround narrowed = new AgentGround(other, listed, Clock.systemUTC())) {
      TestClient bearer = narrowed.connect(AgentGround.ANN);
      assertThat(bearer.openHttp(1, HOST)).isInstanceOf(TunnelOpened.class);
      narrowed.tokens.narrow("laptop", Permissions.STANDARD);
      narrowed.verifier.reloadIfChanged();
      bearer.drive();
      assertThat(bearer.heard.remove()).isInstanceOf(TunnelRefused.class);
      narrowed.nameServer.breakDown();
      narrowed.warmProof(HOST);

      assertThat(bearer.openHttp(2, HOST))
          .isInstanceOfSatisfying(
              TunnelRefused.class,
              refusal -> assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.FORBIDDEN));
      bearer.cut();
    }
  }

  @Test
  void askingForTooManyNamesIsNoWayToKeepOne() throws Exception {
    prove(HOST);
    assertThat(client.openHttp(1, HOST)).isInstanceOf(TunnelOpened.class);
    ground.forgetProofs();
    ground.nameServer.fallSilent();
    TestClient again = ground.connect(AgentGround.ANN);
    for (int i = 0; i < 40; i++) {
      ground.agents.domainProof().check(i + ".example.com", ground.token.record().id());
    }

    assertThat(again.openHttp(1, HOST))
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.EXHAUSTED));
    again.cut();
  }

  @Test
  void nameRestsForItsHolderAndIsNobodyElses() throws Exception {
    prove(HOST);
    assertThat(client.openHttp(1, HOST)).isInstanceOf(TunnelOpened.class);
    client.cut();

    TestClient other = ground.connect(new Secret("b".repeat(32)));

    assertThat(other.openHttp(1, HOST))
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.TAKEN);
              assertThat(refusal.message()).contains("is held for the client that had it");
            });
    other.cut();
  }

  @Test
  void whatIsNoHostNameOfSomebodysIsRefusedWithoutAQuestion() {
    int asked = ground.nameServer.questions();

    for (String name : List.of("a_b.example.com", "192.168.1.7", "a..b", ".a.b", "localhost.")) {
      assertThat(client.openHttp(1, name))
          .as(name)
          .isInstanceOfSatisfying(
              TunnelRefused.class,
              refusal -> assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.INVALID));
    }

    assertThat(ground.nameServer.questions()).isEqualTo(asked);
  }
}
