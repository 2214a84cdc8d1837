package dev.culvert.server;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.token.FileFailure;
import dev.culvert.server.token.KeysetProtection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what the keys that sign tokens are encrypted with. */
final class KeysetOptions {
  private static final int MAX_PASSPHRASE_BYTES = 4096;
  private static final String PEM_BEGIN = "-----BEGIN ";

  @Option(
      names = "--keyset-key",
      paramLabel = "FILE",
      description = {
        "Encrypt the keys that sign tokens with the key in this file, which is made where it is"
            + " missing (CULVERTD_KEYSET_KEY). Keep it apart from the state directory."
      })
  private @Nullable Path keyFile;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = {
        "Encrypt them with the passphrase that is the file's first line; - for standard input"
            + " (or CULVERTD_PASSPHRASE has the passphrase itself)."
      })
  private @Nullable Path passphraseFile;

  KeysetProtection protection() throws UsageException {
    return protection(keyFile, passphraseFile, System.getenv());
  }

  /** What the options say, else the environment. */
  static KeysetProtection protection(
      @Nullable Path keyFile, @Nullable Path passphraseFile, Map<String, String> environment)
      throws UsageException {
    if (keyFile != null && passphraseFile != null) {
      throw new UsageException(
          "a key file is named, and a passphrase file too",
          "Give one of --keyset-key and --passphrase-file.");
    }
    if (passphraseFile != null) {
      return passphrase(read(passphraseFile), passphraseFile.toString());
    }
    if (keyFile != null) {
      return new KeysetProtection.KeyFile(keyFile);
    }
    String key = environment.getOrDefault("CULVERTD_KEYSET_KEY", "");
    String passphrase = environment.getOrDefault("CULVERTD_PASSPHRASE", "");
    if (!key.isEmpty() && !passphrase.isEmpty()) {
      throw new UsageException(
          "CULVERTD_KEYSET_KEY and CULVERTD_PASSPHRASE are both set", "Set one of them.");
    }
    if (!key.isEmpty()) {
      return new KeysetProtection.KeyFile(Path.of(key));
    }
    return passphrase.isEmpty()
        ? new KeysetProtection.None()
        : passphrase(passphrase, "CULVERTD_PASSPHRASE");
  }

  private static KeysetProtection passphrase(String text, String source) throws UsageException {
    if (text.startsWith(PEM_BEGIN)) {
      throw new UsageException(
          source + ": it is a PEM file, and everyone knows its first line",
          "Name the file that has the passphrase.");
    }
    try {
      return new KeysetProtection.Passphrase(new Secret(text));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          source + ": " + e.getMessage(), "Choose a longer one, of several words for instance.");
    }
  }

  private static byte[] firstBytes(Path file) throws IOException {
    if (file.toString().equals("-")) {
      return System.in.readNBytes(MAX_PASSPHRASE_BYTES);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_PASSPHRASE_BYTES);
    }
  }

  private static String read(Path file) throws UsageException {
    try {
      return new String(firstBytes(file), StandardCharsets.UTF_8).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new UsageException(
          "cannot read the passphrase file " + file + ": " + FileFailure.reason(e),
          "Check its path and mode.");
    }
  }
}
