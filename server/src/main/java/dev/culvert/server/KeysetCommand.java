package dev.culvert.server;

import dev.culvert.server.token.Keyset;
import dev.culvert.server.token.KeysetProtection;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvertd keyset}: the keys that sign tokens; a running server notices by itself. */
@Command(
    name = "keyset",
    description = "Shows, replaces and encrypts the keys that sign tokens.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class KeysetCommand {
  @Mixin private final CommandOutput output = new CommandOutput();

  private PrintWriter out() {
    return output.writer();
  }

  @Command(
      name = "show",
      description = "Lists the keys, without the keys themselves.",
      mixinStandardHelpOptions = true)
  int show(@Mixin StateOption state, @Mixin KeysetOptions options) throws Exception {
    Keyset keyset = Keyset.open(state.path(), options.protection());
    out().printf("%-12s  %-14s  %s%n", "KEY", "STATE", "GOOD TOKENS");
    for (Keyset.SigningKey key : keyset.list()) {
      String use = key.signs() ? "signs" : "verifies only";
      out().printf("%-12d  %-14s  %d%n", key.id(), use, key.tokens());
    }
    out().println(keyset.isProtected() ? "encrypted" : "not encrypted: culvertd keyset protect");
    out().flush();
    return 0;
  }

  @Command(
      name = "public",
      description = {
        "Prints the public keys as a JSON Web Key Set: whoever has them can verify tokens, and issue"
            + " none."
      },
      mixinStandardHelpOptions = true)
  int publicKeys(@Mixin StateOption state, @Mixin KeysetOptions options) throws Exception {
    out().println(Keyset.open(state.path(), options.protection()).publicKeys());
    out().flush();
    return 0;
  }

  @Command(
      name = "rotate",
      description = "Has a new key sign from now on. Tokens that others signed stay good.",
      mixinStandardHelpOptions = true)
  int rotate(@Mixin StateOption state, @Mixin KeysetOptions options) throws Exception {
    Keyset.SigningKey key = Keyset.open(state.path(), options.protection()).rotate();
    out().println("the key " + key.id() + " signs");
    out().flush();
    return 0;
  }

  @Command(
      name = "retire",
      description = "Gives up a key that no good token needs any more.",
      mixinStandardHelpOptions = true)
  int retire(
      @Mixin StateOption state,
      @Mixin KeysetOptions options,
      @Parameters(paramLabel = "KEY", description = "Which one, as show has it.") long key)
      throws Exception {
    Keyset.open(state.path(), options.protection()).retire(key);
    out().println("the key " + key + " is gone");
    out().flush();
    return 0;
  }

  @Command(
      name = "protect",
      description = {
        "Encrypts the keys, or encrypts them with something else. A running server must be started"
            + " again with it."
      },
      mixinStandardHelpOptions = true)
  int protect(
      @Mixin StateOption state,
      @Mixin KeysetOptions options,
      @Option(
              names = "--new-key",
              paramLabel = "FILE",
              description = "With the key in this file, which is made where it is missing.")
          @Nullable Path newKey,
      @Option(
              names = "--new-passphrase-file",
              paramLabel = "FILE",
              description =
                  "With the passphrase that is the file's first line; - for standard input.")
          @Nullable Path newPassphrase,
      @Option(names = "--with-nothing", description = "Not at all.") boolean withNothing)
      throws Exception {
    KeysetProtection next = KeysetOptions.protection(newKey, newPassphrase, Map.of());
    if (next instanceof KeysetProtection.None != withNothing) {
      throw new UsageException(
          withNothing ? "--with-nothing goes with no other" : "nothing to encrypt with is given",
          "Give one of --new-key, --new-passphrase-file and --with-nothing.");
    }
    Keyset.open(state.path(), options.protection()).protect(next);
    out().println(withNothing ? "the keys are not encrypted" : "the keys are encrypted");
    out().flush();
    return 0;
  }
}
