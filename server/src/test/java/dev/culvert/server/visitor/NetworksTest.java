package dev.culvert.server.visitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworksTest {
  private static boolean contains(String network, String address) {
    return Networks.of(List.of(network)).contains(InetAddress.ofLiteral(address));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, ::ffff:10.0.0.1, true",
    "10.0.0.0/8, a00::, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "192.0.2.128/25, 192.0.2.128, true",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.254/31, 192.0.2.255, true",
    "192.0.2.254/31, 192.0.2.253, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "0.0.0.0/0, ::1, false",
    "::/0, 2001:db8::1, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::1, ::1, true"
  })
  void addressIsInItsNetworkOnly(String network, String address, boolean isIn) {
    assertThat(contains(network, address)).isEqualTo(isIn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "10.0.0.1/8",
        "10.0.0/8",
        "::/129",
        "2001:db8::1/32",
        "[::1]",
        "fe80::1%eth0",
        "localhost",
        "10.0.0.0/8/8"
      })
  void whatIsNoNetworkIsRefused(String text) {
    assertThatThrownBy(() -> Networks.of(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("network: " + text);
  }

  @Test
  void severalAreOneSet() {
    Networks both = Networks.of(List.of("10.0.0.0/8")).and(Networks.of(List.of("::1")));

    assertThat(both.contains(InetAddress.ofLiteral("10.0.0.1"))).isTrue();
    assertThat(both.contains(InetAddress.ofLiteral("::1"))).isTrue();
    assertThat(both.contains(InetAddress.ofLiteral("::2"))).isFalse();
    assertThat(Networks.NONE.isEmpty()).isTrue();
  }
}
