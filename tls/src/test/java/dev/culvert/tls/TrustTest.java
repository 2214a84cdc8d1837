package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.channel.local.LocalAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustTest {
  private static final String ZEROES = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  @Test
  void pinIsReadAsPrinted() {
    assertThat(Trust.pinned(ZEROES).pins()).containsExactly(ZEROES);
  }

  @ParameterizedTest
  @CsvSource({
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, must begin with sha256/",
    "sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAA=, must begin with sha256/",
    "sha256/AAAA, 4 characters follow",
    "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, 43 characters follow",
    "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_A=, is not base64",
    "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, is not the base64 of 32 bytes",
    "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=, is not the base64 of 32 bytes"
  })
  void malformedPinIsNamedWithItsFault(String pin, String fault) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trust.pinned(pin))
        .withMessageContaining(pin)
        .withMessageContaining(fault);
  }

  @Test
  void trustInNoKeyIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Trust.PinnedKey(Set.of()));
  }

  @Test
  void onlyThisMachineIsTrustedWithoutVerifying() throws Exception {
    try (ClientTls here = ClientTls.tunnel(new Trust.AnythingHere(), TlsProvider.JDK);
        ClientTls pinned = ClientTls.tunnel(Trust.pinned(ZEROES), TlsProvider.JDK)) {
      for (String address : new String[] {"127.0.0.1", "127.9.9.9", "::1"}) {
        assertThat(here.trusts(new InetSocketAddress(address, 1))).as(address).isTrue();
      }
      for (String address : new String[] {"10.0.0.1", "192.0.2.1", "::", "2001:db8::1"}) {
        assertThat(here.trusts(new InetSocketAddress(address, 1))).as(address).isFalse();
        assertThat(pinned.trusts(new InetSocketAddress(address, 1))).as(address).isTrue();
      }
      assertThat(here.trusts(new LocalAddress("elsewhere"))).isFalse();
    }
  }

  @Test
  void authorityFileWithoutCertificateIsNamed(@TempDir Path directory) throws Exception {
    Path empty = Files.writeString(directory.resolve("ca.pem"), "not here\n");
    Path missing = directory.resolve("missing.pem");

    assertThatIOException()
        .isThrownBy(() -> ClientTls.tunnel(new Trust.AuthorityFile(empty), TlsProvider.JDK))
        .withMessageContaining("ca.pem: holds no certificate");
    assertThatIOException()
        .isThrownBy(() -> ClientTls.tunnel(new Trust.AuthorityFile(missing), TlsProvider.JDK))
        .withMessageContaining("missing.pem: there is no such file");
  }
}
