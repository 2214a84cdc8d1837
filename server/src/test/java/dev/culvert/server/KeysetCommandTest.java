package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.token.KeysetProtection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeysetCommandTest {
  @TempDir private Path directory;
  private Path state;

  @BeforeEach
  void create() {
    state = directory.resolve("state");
    assertThat(CommandLineRun.in(state, "token", "create", "--name=ann").exitCode()).isZero();
  }

  private CommandLineRun keyset(String... words) {
    return CommandLineRun.in(state, "keyset", words);
  }

  @Test
  void showListsKeysAndSaysThatTheyAreInTheClear() {
    CommandLineRun run = keyset("show");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .hasSize(3)
        .anyMatch(line -> line.matches("\\d+ +signs +1"))
        .contains("not encrypted: culvertd keyset protect");
  }

  @Test
  void rotateAddsAKeyAndRetireTakesItAway() {
    String firstLine = keyset("show").out().lines().toList().get(1);
    String first = firstLine.substring(0, firstLine.indexOf(' '));

    assertThat(keyset("rotate").out()).matches("the key \\d+ signs\\R");
    assertThat(keyset("show").out().lines())
        .hasSize(4)
        .anyMatch(line -> line.matches(first + " +verifies only +1"))
        .anyMatch(line -> line.matches("\\d+ +signs +0"));
    keyset("retire", first).assertTold(2, "1 good tokens", "token rotate");
    assertThat(CommandLineRun.in(state, "token", "revoke", "ann").exitCode()).isZero();
    assertThat(keyset("retire", first).out()).contains("the key " + first + " is gone");

    assertThat(keyset("show").out()).doesNotContain(first);
  }

  @Test
  void protectEncryptsAndTheSecretIsNeededFromThenOn() throws Exception {
    Path passphrase = Files.writeString(directory.resolve("passphrase"), "correct horse\nmore\n");

    assertThat(keyset("protect", "--new-passphrase-file", passphrase.toString()).exitCode())
        .isZero();

    keyset("show").assertTold(2, "encrypted with a passphrase", "CULVERTD_PASSPHRASE");
    assertThat(keyset("show", "--passphrase-file", passphrase.toString()).out())
        .endsWith("encrypted" + System.lineSeparator());
    CommandLineRun.in(state, "token", "create", "--name=bob")
        .assertTold(2, "encrypted with a passphrase", "CULVERTD_PASSPHRASE");
    assertThat(CommandLineRun.in(state, "token", "list").out()).contains("ann"); // needs no key
    assertThat(
            keyset("protect", "--passphrase-file", passphrase.toString(), "--with-nothing")
                .exitCode())
        .isZero();
    assertThat(keyset("show").exitCode()).isZero();
  }

  @Test
  void optionGoesBeforeTheEnvironment() throws Exception {
    Path given = Path.of("given.key");
    Map<String, String> both =
        Map.of("CULVERTD_KEYSET_KEY", "other.key", "CULVERTD_PASSPHRASE", "correct horse");

    assertThat(KeysetOptions.protection(given, null, both))
        .isEqualTo(new KeysetProtection.KeyFile(given));
    assertThat(KeysetOptions.protection(null, null, Map.of("CULVERTD_KEYSET_KEY", "other.key")))
        .isEqualTo(new KeysetProtection.KeyFile(Path.of("other.key")));
    assertThat(KeysetOptions.protection(null, null, Map.of("CULVERTD_PASSPHRASE", "correct horse")))
        .isEqualTo(new KeysetProtection.Passphrase(new Secret("correct horse")));
    assertThat(KeysetOptions.protection(null, null, Map.of("CULVERTD_PASSPHRASE", "")))
        .isEqualTo(new KeysetProtection.None());
    assertThatThrownBy(() -> KeysetOptions.protection(null, null, both))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("both set");
  }

  @Test
  void fileNamedByMistakeIsRefusedAndNothingOfItTold() throws Exception {
    Path pem = directory.resolve("mistaken.pem");
    Path list = directory.resolve("mistaken.txt");
    Files.writeString(
        pem, "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----\n");
    Files.writeString(list, "MIGH\nAgEAMBMG\n");
    for (Path file : List.of(pem, list)) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    for (String option : List.of("--new-passphrase-file", "--new-key")) {
      for (Path file : List.of(pem, list, directory)) {
        CommandLineRun run = keyset("protect", option, file.toString());

        run.assertTold(2, file.toString(), "");
        assertThat(run.out() + run.err()).doesNotContain("MIGH", "AgEA", "BEGIN");
      }
    }
    assertThat(keyset("show").exitCode()).as("still in the clear").isZero();
  }

  @Test
  void protectWantsOneWay() {
    keyset("protect").assertTold(2, "nothing to encrypt with", "--new-key");
    keyset("protect", "--with-nothing", "--new-key", "x")
        .assertTold(2, "--with-nothing goes with no other", "--new-key");
    keyset("show", "--keyset-key", "x", "--passphrase-file", "y")
        .assertTold(2, "a key file is named", "Give one of");
    keyset("show", "--passphrase-file", directory.resolve("none").toString())
        .assertTold(2, "cannot read the passphrase file", "Check its path");
  }
}
