package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an authority looks for behind its ALPN name. */
final class AlpnChallengeTest {
  private static final String IDENTIFIER = "1.3.6.1.5.5.7.1.31";

  @Test
  void theCertificateHoldsTheDigestAndTheNameAlone() throws Exception {
    byte[] digest = new byte[32];
    Arrays.fill(digest, (byte) 7);

    X509Certificate certificate =
        AlpnChallenge.certificate("shop.example.com", digest).certificate();

    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactly(List.of(2, "shop.example.com"));
    assertThat(certificate.getCriticalExtensionOIDs()).contains(IDENTIFIER);
    byte[] value = certificate.getExtensionValue(IDENTIFIER);
    assertThat(Arrays.copyOf(value, 4))
        .as("an octet string in another")
        .containsExactly(4, 34, 4, 32);
    assertThat(Arrays.copyOfRange(value, 4, 36)).isEqualTo(digest);
    assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
    certificate.checkValidity();
  }

  @Test
  void itsOwnNameAloneAsksForIt() {
    assertThat(AlpnChallenge.isAskedBy(new ClientHello("a", List.of("acme-tls/1")))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "http/1.1", "acme-tls/1,http/1.1", "http/1.1,acme-tls/1", "ACME-TLS/1"})
  void nothingElseAsksForIt(String offered) {
    List<String> protocols = offered.isEmpty() ? List.of() : Arrays.asList(offered.split(",", -1));

    assertThat(AlpnChallenge.isAskedBy(new ClientHello("a", protocols))).isFalse();
  }
}
