package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that have no certificate yet. */
final class KeyPairFileTest {
  @TempDir private Path directory;

  @Test
  void bothKeysAreReadBack() throws Exception {
    KeyPair keys = KeyPairFile.generate();
    Path file = directory.resolve("key.pem");

    KeyPairFile.write(file, keys);
    KeyPair read = KeyPairFile.read(file);

    assertThat(read.getPrivate()).isEqualTo(keys.getPrivate());
    assertThat(read.getPublic()).isEqualTo(keys.getPublic());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFileThatOthersMayReadIsRefused() throws Exception {
    Path file = directory.resolve("key.pem");
    KeyPairFile.write(file, KeyPairFile.generate());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> KeyPairFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void aFileWithoutThePublicKeyIsToldWithTheRemedy() throws Exception {
    Path file = directory.resolve("key.pem");
    PrivateFile.write(file, Pem.encode(KeyPairFile.generate().getPrivate()));

    assertThatThrownBy(() -> KeyPairFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("BEGIN PUBLIC KEY");
  }
}
