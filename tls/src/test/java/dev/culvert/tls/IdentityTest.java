package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  private Path directory;
  private Path key;
  private Path certificate;

  @BeforeEach
  void nameFiles(@TempDir Path parent) {
    directory = parent.resolve("state");
    key = directory.resolve("identity-key.pem");
    certificate = directory.resolve("identity-cert.pem");
  }

  @Test
  void identitySurvivesReload() throws Exception {
    Identity created = Identity.loadOrCreate(directory);

    Identity loaded = Identity.loadOrCreate(directory);

    assertThat(loaded.pin()).isEqualTo(created.pin());
    assertThat(loaded.keyAndChain()).isEqualTo(created.keyAndChain());
  }

  @Test
  void onlyTheOwnerMayReadTheKey() throws Exception {
    Identity.loadOrCreate(directory);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @Test
  void keyThatOthersMayReadIsRefused() throws Exception {
    Identity.loadOrCreate(directory);

    for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(mode));
      assertThatIOException()
          .isThrownBy(() -> Identity.loadOrCreate(directory))
          .withMessageContaining("identity-key.pem")
          .withMessageContaining("chmod 600");
    }
  }

  @Test
  void lostKeyIsNotReplaced() throws Exception {
    Identity.loadOrCreate(directory);
    Files.delete(key);

    assertThatIOException()
        .isThrownBy(() -> Identity.loadOrCreate(directory))
        .withMessageContaining("identity-key.pem: is missing beside")
        .withMessageContaining("restore it");
    assertThat(key).doesNotExist();
  }

  @Test
  void lostCertificateIsNotReplaced() throws Exception {
    Identity.loadOrCreate(directory);
    Files.delete(certificate);

    assertThatIOException()
        .isThrownBy(() -> Identity.loadOrCreate(directory))
        .withMessageContaining("identity-cert.pem: is missing beside");
  }

  @Test
  void pinIsTheDigestOfThePublicKey() throws Exception {
    Identity identity = Identity.loadOrCreate(directory);

    byte[] spki = identity.keyAndChain().certificate().getPublicKey().getEncoded();
    assertThat(identity.pin())
        .isEqualTo(
            "sha256/"
                + Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(spki)));
    assertThat(Trust.pinned(identity.pin()).pins()).containsExactly(identity.pin());
  }

  @Test
  void certificateOutlivesItsServer() throws Exception {
    Identity identity = Identity.loadOrCreate(directory);

    assertThat(identity.keyAndChain().certificate().getNotAfter().toInstant())
        .isAfter(Instant.now().plus(Duration.ofDays(36_500)));
  }
}
