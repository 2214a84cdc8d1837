package dev.culvert.server;

import dev.culvert.tls.PasswordHash;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culvertd hash-password}: makes a line of {@code basic-auth} for the file of rules. */
@Command(
    name = "hash-password",
    description = {
      "Makes the hash of a visitor's password, for basic-auth in the file of serve --rules.",
      "Reads the password from standard input, one line."
    },
    mixinStandardHelpOptions = true)
final class HashPasswordCommand implements Callable<Integer> {
  private static final int MIN_CHARS = 8;
  private static final int MAX_CHARS = 128;

  private final InputStream in;
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "USER", description = "The visitor's name.")
  private String user = "";

  HashPasswordCommand() {
    this(System.in);
  }

  HashPasswordCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws Exception {
    if (!user.matches("[^:\\p{Cntrl}]{1,64}")) {
      throw new UsageException(
          "the name is none that visitors can have", "Use 1 to 64 characters without a colon.");
    }
    String password = password();
    if (!password.matches("\\P{Cntrl}{" + MIN_CHARS + "," + MAX_CHARS + "}")) {
      throw new UsageException(
          "standard input holds no password",
          "Write one of " + MIN_CHARS + " to " + MAX_CHARS + " characters there, as one line.");
    }
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(user + ":" + PasswordHash.of(password, new SecureRandom()).text());
      out.flush();
    }
    return 0;
  }

  @SuppressWarnings("SystemConsoleNull") // to NullAway it may be null
  private String password() throws IOException, UsageException {
    Console console = System.console();
    if (in.equals(System.in) && console != null && console.isTerminal()) {
      char[] typed = console.readPassword("Password: ");
      return typed == null ? "" : new String(typed);
    }
    byte[] line = new byte[4 * MAX_CHARS];
    int length = 0;
    for (int next = in.read(); next >= 0 && next != '\n' && length < line.length; ) {
      line[length++] = (byte) next;
      next = in.read();
    }
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length)).toString();
      return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    } catch (CharacterCodingException e) {
      throw new UsageException("standard input is no text in UTF-8", "Write the password there.");
    }
  }
}
