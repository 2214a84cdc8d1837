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
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private Path directory;
  private Path file;

  @BeforeEach
  void nameFiles(@TempDir Path parent) {
    directory = parent.resolve("state");
    file = directory.resolve(Identity.FILE);
  }

  @Test
  void identitySurvivesReload() throws Exception {
    Identity created = Identity.loadOrCreate(directory);

    Identity loaded = Identity.loadOrCreate(directory);

    assertThat(loaded.pin()).isEqualTo(created.pin());
    assertThat(loaded.keyAndChain(NOW)).isEqualTo(created.keyAndChain(NOW));
  }

  @Test
  void onlyTheOwnerMayReadTheKey() throws Exception {
    Identity.loadOrCreate(directory);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @Test
  void keyThatOthersMayReadIsRefused() throws Exception {
    Identity.loadOrCreate(directory);

    for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertThatIOException()
          .isThrownBy(() -> Identity.loadOrCreate(directory))
          .withMessageContaining("identity.pem")
          .withMessageContaining("chmod 600");
    }
  }

  @Test
  void damagedFileIsNotReplaced() throws Exception {
    Identity.loadOrCreate(directory);
    String pem = Files.readString(file);
    Files.writeString(file, pem.substring(0, pem.indexOf("-----BEGIN PRIVATE")));

    assertThatIOException()
        .isThrownBy(() -> Identity.loadOrCreate(directory))
        .withMessageContaining("identity.pem: holds no private key");
  }

  @Test
  void successorHasAnotherKeyAndKeepsTheFormerPinForItsTime() throws Exception {
    Identity first = Identity.loadOrCreate(directory);

    first.successor(DAY, NOW).write(directory);

    Identity second = Identity.load(directory);
    assertThat(second.pin()).isNotEqualTo(first.pin());
    assertThat(second.formerPins(NOW))
        .containsExactly(new Identity.FormerPin(first.pin(), NOW.plus(DAY)));
    assertThat(second.keyAndChain(NOW).chain()).hasSize(2);
    assertThat(second.formerPins(NOW.plus(DAY))).isEmpty();
    assertThat(second.keyAndChain(NOW.plus(DAY)).chain()).hasSize(1);
  }

  @Test
  void formerPinsEndNoLaterThanThoseThatReplacedThem() throws Exception {
    Identity first = Identity.loadOrCreate(directory);
    Identity second = first.successor(DAY.multipliedBy(3), NOW);

    Identity shortened = second.successor(DAY, NOW);
    Identity prolonged = second.successor(DAY.multipliedBy(9), NOW);

    assertThat(shortened.formerPins(NOW))
        .containsExactly(
            new Identity.FormerPin(second.pin(), NOW.plus(DAY)),
            new Identity.FormerPin(first.pin(), NOW.plus(DAY)));
    assertThat(prolonged.formerPins(NOW))
        .containsExactly(
            new Identity.FormerPin(second.pin(), NOW.plus(DAY.multipliedBy(9))),
            new Identity.FormerPin(first.pin(), NOW.plus(DAY.multipliedBy(3))));
    assertThat(prolonged.formerPins(NOW.plus(DAY.multipliedBy(3)))).hasSize(1);
  }

  @Test
  void successorWithoutOverlapVouchesForNobody() throws Exception {
    Identity second = Identity.loadOrCreate(directory).successor(Duration.ZERO, NOW);

    assertThat(second.formerPins(NOW)).isEmpty();
    assertThat(second.keyAndChain(NOW).chain()).hasSize(1);
  }

  @Test
  void noMoreFormerPinsAreKeptThanClientsLookAt() throws Exception {
    Identity identity = Identity.loadOrCreate(directory);
    for (int i = 0; i < 20; i++) {
      identity = identity.successor(DAY, NOW);
    }

    assertThat(identity.formerPins(NOW)).hasSize(Identity.MAX_FORMER);
  }

  @Test
  void pinIsTheDigestOfThePublicKey() throws Exception {
    Identity identity = Identity.loadOrCreate(directory);

    byte[] spki = identity.keyAndChain(NOW).certificate().getPublicKey().getEncoded();
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

    assertThat(identity.keyAndChain(NOW).certificate().getNotAfter().toInstant())
        .isAfter(Instant.now().plus(Duration.ofDays(36_500)));
  }
}
