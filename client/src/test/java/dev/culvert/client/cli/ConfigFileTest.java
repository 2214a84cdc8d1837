package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigFileTest {
  private static final List<String> KEYS =
      List.of("server", "pin", "ca-file", "token-file", "authtoken");

  @TempDir private Path directory;

  private Path file(String toml) throws IOException {
    return Files.writeString(directory.resolve("culvert.toml"), toml);
  }

  /** Reads the file and every key of it. */
  private static void readAll(Path file) throws UsageException {
    ConfigFile config = ConfigFile.read(file, Map.of());
    for (String key : KEYS) {
      String _ = config.text(key);
    }
  }

  private static UsageException refusal(Path file) {
    return catchThrowableOfType(UsageException.class, () -> readAll(file));
  }

  @Test
  void textsAreReadAndPathsAreThoseBesideTheFile() throws Exception {
    ConfigFile config =
        ConfigFile.read(
            file("server = \"host:1\"\ntoken-file = \"t\"\nca-file = '/etc/ca'"), Map.of());

    assertThat(config.text("server")).isEqualTo("host:1");
    assertThat(config.text("pin")).isNull();
    assertThat(config.file("token-file")).isEqualTo(directory.resolve("t"));
    assertThat(config.file("ca-file")).isEqualTo(Path.of("/etc/ca"));
    assertThat(config.file("pin")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "'pin = 5', 1:1, pin",
    "'\n  server = true', 2:3, server",
    "'authtoken = [\"a\"]', 1:1, authtoken",
    "'[pin]\na = 1', 1:1, pin",
    "'pin.a = 1', 1:1, pin",
    "'server = 2026-01-01', 1:1, server",
  })
  void valueOfAnotherTypeIsToldWithLineAndColumn(String toml, String place, String key)
      throws Exception {
    Path file = file(toml);

    assertThat(refusal(file)).hasMessage(file + ":" + place + ": " + key + " is no text");
    assertThat(refusal(file).remedy()).isEqualTo("Write it in quotes: " + key + " = \"...\"");
  }

  @ParameterizedTest
  @CsvSource({
    "'sever = \"a\"', 1:1, sever, server",
    "'server = \"a\"\ntokenfile = \"b\"', 2:1, tokenfile, token-file",
    "'\"a b.c\" = 1', 1:1, a b.c, pin",
    "'\"\" = 1', 1:1, '', pin",
  })
  void unknownKeyIsToldWithItsPlaceAndTheNearestOne(
      String toml, String place, String key, String nearest) throws Exception {
    Path file = file(toml);

    assertThat(refusal(file)).hasMessage(file + ":" + place + ": unknown key " + key);
    assertThat(refusal(file).remedy()).isEqualTo("Did you mean " + nearest + "?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authtoken = eyJSECRET.x",
        "authtoken = 'eyJSECRET",
        "authtoken eyJSECRET",
        "authtoken = \"eyJ\" SECRET",
        "authtoken = 12SECRET",
        "authtoken = \"SECRET\\q\"",
        "authtoken = \"SECRET\"\nauthtoken = \"SECRET\"",
        "authtoken = [\"SECRET\"]",
        "authtoken = {SECRET = 'SECRET'}",
        "pin = 'SECRET' 'SECRET'",
      })
  void whatStandsInTheFileIsNotShown(String toml) throws Exception {
    Path file = file(toml);

    assertThat(refusal(file).getMessage()).startsWith(file + ":");
    assertThat(refusal(file).getMessage() + refusal(file).remedy()).doesNotContain("SECRET");
  }

  @Test
  void fileThatCannotBeReadIsToldWithItsPathAndReason() throws Exception {
    Path none = directory.resolve("none");
    Path binary = Files.write(directory.resolve("binary"), new byte[] {-1, -2});

    assertThat(refusal(none)).hasMessage("cannot read " + none + ": there is no such file");
    assertThat(refusal(directory)).hasMessage("cannot read " + directory + ": Is a directory");
    assertThat(refusal(binary)).hasMessage("cannot read " + binary + ": it is no text in UTF-8");
  }
}
