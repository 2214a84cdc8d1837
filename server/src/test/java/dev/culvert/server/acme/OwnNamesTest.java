package dev.culvert.server.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For which names a certificate may be ordered, whatever a stranger asks for. */
final class OwnNamesTest {
  private final OwnNames names =
      new OwnNames("Tunnel.example.com", Set.of("shop.tunnel.example.com", "shop.test")::contains);

  @Test
  void aRegisteredNameGetsItsOwn() {
    assertThat(names.certificateFor("shop.tunnel.example.com", false))
        .containsExactly("shop.tunnel.example.com");
    assertThat(names.certificateFor("SHOP.tunnel.EXAMPLE.com", false))
        .containsExactly("shop.tunnel.example.com");
  }

  @Test
  void theDomainGetsItsOwn() {
    assertThat(names.certificateFor("tunnel.example.com", false))
        .containsExactly("tunnel.example.com");
  }

  @Test
  void oneWildcardIsForAllBelowTheDomain() {
    assertThat(names.certificateFor("tunnel.example.com", true))
        .containsExactly("tunnel.example.com", "*.tunnel.example.com");
    assertThat(names.certificateFor("shop.tunnel.example.com", true))
        .containsExactly("tunnel.example.com", "*.tunnel.example.com");
    assertThat(names.certificateFor("shop.test", true)).containsExactly("shop.test");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nobody.tunnel.example.com",
        "",
        ".",
        "10.0.0.1",
        "shop.tunnel.example.com:443",
        "shop.tunnel.example.com.",
        "*.tunnel.example.com",
        "../shop.tunnel.example.com",
        "shop tunnel.example.com",
        "shop",
        "::1"
      })
  void nobodyElseGetsAny(String stranger) {
    OwnNames everyone = new OwnNames("tunnel.example.com", _ -> true);

    assertThat(names.certificateFor(stranger, false)).isNull();
    assertThat(names.certificateFor(stranger, true)).isNull();
    if (!stranger.startsWith("nobody")) {
      assertThat(everyone.certificateFor(stranger, false)).as("for its form alone").isNull();
    }
  }
}
