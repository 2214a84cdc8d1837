package dev.culvert.server;

import dev.culvert.server.token.IssuedToken;
import dev.culvert.server.token.TokenRecord;
import dev.culvert.server.token.TokenStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culvertd token}: makes, lists and revokes tokens; a running server notices by itself. */
@Command(
    name = "token",
    description = "Makes, lists and revokes the tokens of clients.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TokenCommand {
  @Spec private @Nullable CommandSpec spec;

  private PrintWriter out() {
    if (spec == null) {
      throw new IllegalStateException("the command is not parsed yet");
    }
    return spec.commandLine().getOut();
  }

  @Command(
      name = "create",
      description = "Makes a token and prints it, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin StateOption state,
      @Option(
              names = "--name",
              required = true,
              paramLabel = "NAME",
              description = "Whose it is, for lists and logs.")
          String name,
      @Option(
              names = "--expires",
              paramLabel = "DURATION",
              description = "How long it is good, such as 30d (default: until it is revoked).")
          @Nullable String expires)
      throws Exception {
    TokenStore store = TokenStore.open(state.path());
    IssuedToken token =
        expires == null
            ? store.create(name)
            : store.create(name, ServeCommand.Durations.parse("--expires", expires));
    out().println(token.text().reveal());
    out().flush();
    return 0;
  }

  @Command(
      name = "list",
      description = "Lists all tokens, without the tokens themselves.",
      mixinStandardHelpOptions = true)
  int list(@Mixin StateOption state) throws Exception {
    List<TokenRecord> tokens = TokenStore.openExisting(state.path()).list();
    Instant now = Instant.now();
    out().printf("%-32s  %-24s  %-20s  %s%n", "ID", "NAME", "CREATED", "STATE");
    for (TokenRecord token : tokens) {
      out()
          .printf(
              "%-32s  %-24s  %-20s  %s%n",
              token.id(), token.name(), seconds(token.createdAt()), describe(token, now));
    }
    out().flush();
    return 0;
  }

  private static String describe(TokenRecord token, Instant now) {
    if (token.revokedAt() != null) {
      return "revoked " + seconds(token.revokedAt());
    }
    if (token.expiresAt() != null) {
      return (token.isExpired(now) ? "expired " : "valid until ") + seconds(token.expiresAt());
    }
    return "valid";
  }

  private static String seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @Command(
      name = "revoke",
      description = "Revokes a token; its sessions end within a second.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin StateOption state,
      @Parameters(paramLabel = "NAME|ID", description = "Which token.") String nameOrId)
      throws Exception {
    TokenRecord token = TokenStore.openExisting(state.path()).revoke(nameOrId);
    out().println("revoked " + token.name() + " (" + token.id() + ")");
    out().flush();
    return 0;
  }
}
