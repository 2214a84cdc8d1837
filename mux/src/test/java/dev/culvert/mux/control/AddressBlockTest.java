package dev.culvert.mux.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressBlockTest {
  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(text));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.0, true",
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.0/24, 192.0.1.255, false",
    "192.0.2.77/24, 192.0.2.1, true",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.128, true",
    "10.0.0.0/9, 10.127.255.255, true",
    "10.0.0.0/9, 10.128.0.0, false",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "192.0.2.1/32, 192.0.2.1, true",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 192.0.2.1, false",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::, false",
    "2001:db8::/33, 2001:db8:8000::, false",
    "2001:db8::1, 2001:db8::1, true",
    "2001:db8::1/128, 2001:db8::2, false",
    "::ffff:192.0.2.0/120, 192.0.2.9, true",
    "::ffff:192.0.2.0/120, 192.0.3.9, false",
    "::ffff:192.0.2.1, 192.0.2.1, true",
    "::ffff:0:0/96, 192.0.2.1, true",
    "::1, 127.0.0.1, false",
  })
  void containsTheAddressesOfItsPrefix(String block, String address, boolean contained)
      throws UnknownHostException {
    assertThat(AddressBlock.parse(block).contains(address(address))).isEqualTo(contained);
  }

  @Test
  void mappedVisitorIsItsIpv4Address() throws UnknownHostException {
    byte[] bytes = new byte[16];
    bytes[10] = bytes[11] = (byte) 0xff;
    bytes[12] = (byte) 192;
    bytes[14] = 2;
    InetAddress mapped = Inet6Address.getByAddress(null, bytes, 0);

    assertThat(mapped).isInstanceOf(Inet6Address.class);
    assertThat(AddressBlock.parse("192.0.2.0/24").contains(mapped)).isTrue();
    assertThat(AddressBlock.parse("192.0.3.0/24").contains(mapped)).isFalse();
    assertThat(AddressBlock.parse("::/0").contains(mapped)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/8/8",
        "10.0.0.0/8 ",
        " 10.0.0.0/8",
        "10.0.0/8",
        "10.0.0.256",
        "10.0.0.0.0",
        "0x0a.0.0.0",
        "2001:db8::/129",
        "2001:db8:::/32",
        "[2001:db8::1]",
        "fe80::1%eth0",
        "localhost",
        "::ffff:1.2.3.4.5",
        "10.0.0.0/999999999999",
      })
  void whatIsNoBlockIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddressBlock.parse(text))
        .withMessageStartingWith("address block: ")
        .withMessageEndingWith("(expected: one such as 192.0.2.0/24)");
  }

  @Test
  void messageShowsWhatWasWrittenOnOneLine() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddressBlock.parse("\u001b[31m\n" + "x".repeat(1000)))
        .satisfies(
            e -> assertThat(e.getMessage()).doesNotContain("\u001b", "\n").hasSizeLessThan(150));
  }
}
