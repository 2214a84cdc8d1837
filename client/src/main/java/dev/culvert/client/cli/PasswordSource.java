package dev.culvert.client.cli;

import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.tls.PasswordHash;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where visitors' names and passwords come from: the options, else the environment, else the
 * configuration. The server is told hashes only, which are made here.
 *
 * <p>Each is a line {@code USER:PASSWORD}; a hash, {@code $argon2id$...}, may stand in the
 * password's place. Lines that are empty or begin with {@code #} do not count.
 */
final class PasswordSource {
  static final String VARIABLE = "CULVERT_BASIC_AUTH";

  private static final String HASH_START = "$argon2id$";
  private static final int MAX_BYTES = 64 * 1024;
  private static final int MIN_CHARS = 8;
  private static final int MAX_CHARS = 128;

  private final Map<String, String> environment;
  private final RuleSettings settings;
  private final PrintWriter err;

  PasswordSource(RuleSettings settings, PrintWriter err) {
    this.environment = settings.environment();
    this.settings = settings;
    this.err = err;
  }

  /**
   * Those of the command line and of {@code file}; where there are none, of the environment, else
   * of the configuration.
   */
  List<Credential> credentials(List<Secret> given, @Nullable Path file) throws UsageException {
    List<Credential> credentials = new ArrayList<>();
    for (Secret secret : given) {
      String text = secret.reveal();
      if (!text.contains(":" + HASH_START)) {
        warn();
      }
      credentials.add(credential(text, "--basic-auth"));
    }
    if (file != null) {
      addLines(credentials, content(file), file.toString());
    } else if (given.isEmpty()) {
      addLines(credentials, environment.getOrDefault(VARIABLE, ""), VARIABLE);
      if (credentials.isEmpty()) {
        addConfigured(credentials);
      }
    }
    return credentials;
  }

  private void addConfigured(List<Credential> credentials) throws UsageException {
    String variable = environment.get(VARIABLE + "_FILE");
    Path file =
        variable == null || variable.isBlank()
            ? settings.config().file("basic-auth-file")
            : Path.of(variable.strip());
    if (file != null) {
      addLines(credentials, content(file), file.toString());
    }
    List<String> lines = settings.config().texts("basic-auth");
    if (!lines.isEmpty()) {
      settings.config().warnIfOpen(err);
    }
    for (String line : lines) {
      credentials.add(credential(line.strip(), "basic-auth in the configuration"));
    }
  }

  private void warn() {
    err.println(
        "culvert: a password on the command line can be read by other users of this machine; prefer "
            + VARIABLE
            + " or --basic-auth-file");
    err.flush();
  }

  private static void addLines(List<Credential> credentials, String text, String source)
      throws UsageException {
    for (String line : text.lines().map(String::strip).toList()) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        credentials.add(credential(line, source));
      }
    }
  }

  private String content(Path file) throws UsageException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      SharedFile.warnIfOpen("the password file", file, err);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (bytes.length > MAX_BYTES || text.isBlank()) {
        throw new UsageException(
            "the password file " + file + " holds no password",
            "Write lines of USER:PASSWORD in it, of 64 KiB at most.");
      }
      return text;
    } catch (IOException e) {
      throw new UsageException(
          "cannot read the password file " + file + ": " + FileFailure.reason(e),
          "Check its path and mode.");
    }
  }

  /** What is wrong is told without the text, which may be all password. */
  private static Credential credential(String text, String source) throws UsageException {
    int colon = text.indexOf(':');
    String secret = text.substring(colon + 1);
    boolean isHash = secret.startsWith(HASH_START);
    if (colon < 1
        || (!isHash
            && (secret.length() < MIN_CHARS
                || secret.length() > MAX_CHARS
                || secret.chars().anyMatch(Character::isISOControl)))) {
      throw new UsageException(
          source + ": expected USER:PASSWORD",
          "Give a password of " + MIN_CHARS + " to " + MAX_CHARS + " characters.");
    }
    try {
      PasswordHash hash =
          isHash ? PasswordHash.parse(secret) : PasswordHash.of(secret, new SecureRandom());
      return new Credential(text.substring(0, colon), new Secret(hash.text()));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          source + ": " + e.getMessage(), "Give USER:PASSWORD; its hash is made here.");
    }
  }
}
