package dev.culvert.client.cli;

import dev.culvert.mux.control.Secret;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Where the token comes from: an option, else the environment, else the configuration.
 *
 * <p>What other users of the machine can see is used all the same, with a warning: a token among
 * the program's arguments, and a file that they may read.
 */
final class TokenSource {
  static final Path STANDARD_INPUT = Path.of("-");

  private static final String VARIABLE = "CULVERT_AUTHTOKEN";
  private static final int MAX_BYTES = 64 * 1024;

  private final ConnectionOptions options;
  private final Map<String, String> environment;
  private final ConfigFile config;
  private final InputStream in;
  private final PrintWriter err;

  TokenSource(
      ConnectionOptions options,
      Map<String, String> environment,
      ConfigFile config,
      InputStream in,
      PrintWriter err) {
    this.options = options;
    this.environment = environment;
    this.config = config;
    this.in = in;
    this.err = err;
  }

  Secret token() throws UsageException {
    if (options.token != null && options.tokenFile != null) {
      throw new UsageException(
          "--token and --token-file are both given",
          "Give one: --token-file, for other users can see what is on the command line.");
    }
    if (options.token != null) {
      return fromCommandLine(options.token);
    }
    if (options.tokenFile != null) {
      return options.tokenFile.equals(STANDARD_INPUT) ? fromInput() : fromFile(options.tokenFile);
    }
    String text = environment.get(VARIABLE);
    return text == null || text.isBlank() ? fromConfiguration() : new Secret(text.strip());
  }

  private Secret fromCommandLine(Secret given) throws UsageException {
    err.println(
        "culvert: a token on the command line can be read by other users of this machine; prefer "
            + VARIABLE
            + " or --token-file");
    err.flush();
    if (given.reveal().isBlank()) {
      throw new UsageException("--token is empty", "Give the token, or leave the option out.");
    }
    return new Secret(given.reveal().strip());
  }

  /** One line, so that whoever writes it need not close the pipe. */
  @SuppressWarnings("SystemConsoleNull") // to NullAway it may be null
  private Secret fromInput() throws UsageException {
    Console console = System.console();
    String text;
    if (in.equals(System.in) && console != null && console.isTerminal()) {
      char[] typed = console.readPassword("Token: ");
      text = typed == null ? "" : new String(typed);
    } else {
      try {
        text = decoded(firstLine());
      } catch (IOException e) {
        throw new UsageException(
            "cannot read the token from standard input: " + FileFailure.reason(e),
            "Write it there as one line.");
      }
    }
    if (text.isBlank()) {
      throw new UsageException(
          "standard input holds no token", "Write it there as one line, as in: culvert ... < FILE");
    }
    return new Secret(text.strip());
  }

  private byte[] firstLine() throws IOException {
    byte[] line = new byte[MAX_BYTES];
    int length = 0;
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (length == MAX_BYTES) {
        return new byte[0];
      }
      line[length++] = (byte) next;
    }
    return Arrays.copyOf(line, length);
  }

  private Secret fromFile(Path file) throws UsageException {
    String text = "";
    try (InputStream content = Files.newInputStream(file)) {
      byte[] bytes = content.readNBytes(MAX_BYTES + 1);
      if (bytes.length <= MAX_BYTES) {
        text = decoded(bytes).strip();
      }
      SharedFile.warnIfOpen("the token file", file, err);
    } catch (IOException e) {
      throw new UsageException(
          "cannot read the token file " + file + ": " + FileFailure.reason(e),
          "Check its path and mode.");
    }
    if (text.isEmpty()) {
      throw new UsageException(
          "the token file " + file + " holds no token", "Put the token in it.");
    }
    return new Secret(text);
  }

  private Secret fromConfiguration() throws UsageException {
    Path file = config.file("token-file");
    String text = config.text("authtoken");
    if (file != null && text != null) {
      throw new UsageException(
          "the configuration has both token-file and authtoken", "Keep one: token-file.");
    }
    if (file != null) {
      return fromFile(file);
    }
    if (text == null || text.isBlank()) {
      if (options.insecure) {
        return new Secret(""); // enough for culvertd serve --dev, and for no other
      }
      throw new UsageException(
          "no token is given",
          "Set " + VARIABLE + " or add --token-file FILE; culvertd token create makes one.");
    }
    config.warnIfOpen(err);
    return new Secret(text.strip());
  }

  private static String decoded(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
