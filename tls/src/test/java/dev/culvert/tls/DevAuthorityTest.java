package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevAuthorityTest {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  @TempDir Path directory;

  @Test
  void certificateNamesWhatWasAskedFor() throws Exception {
    DevAuthority authority = DevAuthority.loadOrCreate(directory);

    X509Certificate issued =
        authority
            .issue(List.of("a.example.test", "*.example.test", "127.0.0.1", "::1"))
            .certificate();

    assertThat(issued.getSubjectAlternativeNames())
        .containsExactly(
            List.of(DNS_NAME, "a.example.test"),
            List.of(DNS_NAME, "*.example.test"),
            List.of(IP_ADDRESS, "127.0.0.1"),
            List.of(IP_ADDRESS, "0:0:0:0:0:0:0:1"));
  }

  @Test
  void certificateIsValidForNinetyDays() throws Exception {
    X509Certificate issued =
        DevAuthority.loadOrCreate(directory).issue(List.of("a.example.test")).certificate();

    assertThat(
            Duration.between(issued.getNotBefore().toInstant(), issued.getNotAfter().toInstant()))
        .isEqualTo(Duration.ofDays(90));
    issued.checkValidity();
  }

  @Test
  void authoritySurvivesReload() throws Exception {
    X509Certificate issued =
        DevAuthority.loadOrCreate(directory).issue(List.of("a.example.test")).certificate();

    DevAuthority loaded = DevAuthority.loadOrCreate(directory);

    X509Certificate authority = Pem.readCertificates(loaded.certificateFile()).getFirst();
    issued.verify(authority.getPublicKey());
    assertThat(authority.getBasicConstraints()).isZero();
    assertThat(loaded.certificateFile()).isEqualTo(directory.resolve("dev-ca.pem"));
  }

  @Test
  void keyThatOthersMayReadIsRefused() throws Exception {
    DevAuthority.loadOrCreate(directory);
    Path key = directory.resolve("dev-ca-key.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatIOException()
        .isThrownBy(() -> DevAuthority.loadOrCreate(directory))
        .withMessageContaining("chmod 600");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "*", "a.*.test", "a..test", "münchen.test", "http://a"})
  void nameThatIsNoneIsRefused(String name) throws Exception {
    DevAuthority authority = DevAuthority.loadOrCreate(directory);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> authority.issue(List.of(name)))
        .withMessageContaining("expected: a DNS name");
  }
}
