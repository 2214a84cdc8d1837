package dev.culvert.server.visitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.local.LocalAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OriginTest {
  private static Origin of(String address) throws Exception {
    return Origin.of(new InetSocketAddress(InetAddress.getByName(address), 1234));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
    "2001:db8:1:2::, 2001:db8:1:2::/64",
    "::1, ::/64"
  })
  void anAddressIsCountedAsItselfOrByItsNetwork(String address, String origin) throws Exception {
    assertThat(of(address).text()).isEqualTo(origin);
    assertThat(of(address).isAddress()).isTrue();
  }

  @Test
  void neighboursInANetworkAreOneAndOthersAreNot() throws Exception {
    assertThat(of("2001:db8:1:2:ffff::1")).isEqualTo(of("2001:db8:1:2::2"));
    assertThat(of("2001:db8:1:3::1")).isNotEqualTo(of("2001:db8:1:2::1"));
    assertThat(of("192.0.2.7")).isNotEqualTo(of("192.0.2.8"));
  }

  @Test
  void mappedAddressIsTheAddressItMaps() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = -1;
    mapped[11] = -1;
    System.arraycopy(new byte[] {(byte) 192, 0, 2, 7}, 0, mapped, 12, 4);

    InetAddress address = Inet6Address.getByAddress(null, mapped, -1);

    assertThat(Origin.of(new InetSocketAddress(address, 1))).isEqualTo(of("192.0.2.7"));
  }

  @Test
  void whatHasNoAddressIsNone() {
    assertThat(Origin.of(new LocalAddress("here"))).isEqualTo(Origin.NONE);
    assertThat(Origin.of(InetSocketAddress.createUnresolved("unresolved.test", 1)))
        .isEqualTo(Origin.NONE);
    assertThat(Origin.NONE.isAddress()).isFalse();
  }
}
