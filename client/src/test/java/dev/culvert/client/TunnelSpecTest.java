package dev.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.client.local.HealthCheck;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.client.local.LocalTarget.Scheme;
import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever a tunnel may be asked for must fit into the message that asks for it. */
final class TunnelSpecTest {
  private static void ask(TunnelSpec tunnel) {
    OpenTunnel _ = new OpenTunnel(1, tunnel.kind(), tunnel.key(), tunnel.name(), tunnel.port());
  }

  @Test
  void longestHostFitsIntoTheMessage() {
    String host = "h".repeat(170);

    for (Scheme scheme : Scheme.values()) {
      LocalTarget target = new LocalTarget(scheme, host, 65535);
      assertThatCode(() -> ask(TunnelSpec.http(target))).doesNotThrowAnyException();
      assertThatCode(() -> ask(TunnelSpec.tcp(target, 65535))).doesNotThrowAnyException();
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LocalTarget(Scheme.HTTP, host + "h", 80))
        .withMessage("host: 171 characters (expected: at most 170)");
  }

  @Test
  void nameOrPortThatNoServerGivesIsRefusedHere() {
    LocalTarget target = new LocalTarget(Scheme.HTTP, "localhost", 80);

    assertThatCode(() -> ask(TunnelSpec.http(target, "n".repeat(253)))).doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunnelSpec.http(target, "n".repeat(254)))
        .withMessage("name: 254 characters (expected: at most 253)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunnelSpec.tcp(target, 65536))
        .withMessage("port: 65536 (expected: 0 to 65535)");
    assertThatIllegalArgumentException().isThrownBy(() -> TunnelSpec.tcp(target, -1));
  }

  @Test
  void poolNeedsAName() {
    LocalTarget target = new LocalTarget(Scheme.HTTP, "localhost", 80);

    assertThat(TunnelSpec.http(target, "shop").shared().isShared()).isTrue();
    assertThatIllegalArgumentException().isThrownBy(() -> TunnelSpec.http(target).shared());
  }

  @Test
  void identityIsOfWhatAServerTellsApartAndNotOfItsHealth() {
    LocalTarget target = new LocalTarget(Scheme.HTTP, "localhost", 80);
    TunnelSpec shop = TunnelSpec.http(target, "shop");

    assertThat(shop.shared().withHealth(new HealthCheck("/", Duration.ofSeconds(1))).identity())
        .isEqualTo(shop.identity())
        .isNotEqualTo(shop.withPath("/api").identity())
        .isNotEqualTo(TunnelSpec.http(target, "blog").identity());
  }

  @Test
  void rulesChangeNothingAboutWhoAClientIs() {
    TunnelSpec tunnel = TunnelSpec.http(new LocalTarget(Scheme.HTTP, "localhost", 80), "shop");
    RulesDraft draft = new RulesDraft();
    draft.maxRequests = 5;

    TunnelSpec ruled = tunnel.withRules(draft.finished());

    assertThat(ruled.rules()).isEqualTo(draft.finished());
    assertThat(ruled).hasToString(tunnel.toString());
    assertThat(ruled.key()).isEqualTo(tunnel.key());
  }

  @Test
  void serverThatSaysNothingOfRulesServesOnlyTunnelsWithoutAny() {
    TunnelSpec tunnel = TunnelSpec.http(new LocalTarget(Scheme.HTTP, "localhost", 80));
    RulesDraft draft = new RulesDraft();
    draft.maxRequests = 5;
    TunnelOpened silent = new TunnelOpened(1, List.of("http://a"));

    assertThat(tunnel.isAskedFor(silent)).isTrue();
    assertThat(tunnel.withRules(draft.finished()).isAskedFor(silent)).isFalse();
    assertThat(
            tunnel
                .withRules(draft.finished())
                .isAskedFor(new TunnelOpened(1, List.of("http://a"), true)))
        .isTrue();
  }

  @Test
  void keyTellsTunnelsApart() {
    LocalTarget target = new LocalTarget(Scheme.HTTP, "localhost", 80);

    assertThat(TunnelSpec.http(target).key())
        .isNotEqualTo(TunnelSpec.tcp(target, 0).key())
        .isNotEqualTo(TunnelSpec.http(new LocalTarget(Scheme.HTTP, "localhost", 81)).key())
        .isNotEqualTo(TunnelSpec.http(new LocalTarget(Scheme.HTTPS, "localhost", 80)).key());
  }
}
