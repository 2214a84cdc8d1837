package dev.culvert.server;

import dev.culvert.server.route.Permissions;
import dev.culvert.server.token.IssuedToken;
import dev.culvert.server.token.TokenRecord;
import dev.culvert.server.token.TokenStore;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code culvertd token}: makes, lists, narrows, replaces and revokes tokens; a running server
 * notices by itself.
 */
@Command(
    name = "token",
    description = "Makes, lists, narrows, replaces and revokes the tokens of clients.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TokenCommand {
  @Mixin private final CommandOutput output = new CommandOutput();

  private PrintWriter out() {
    return output.writer();
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
          @Nullable String expires,
      @Mixin PermissionOptions permissions,
      @Mixin KeysetOptions keyset)
      throws Exception {
    Permissions allowed = permissions.over(Permissions.STANDARD);
    Duration lifetime = expires == null ? null : ServeCommand.Durations.parse("--expires", expires);
    IssuedToken token =
        TokenStore.open(state.path(), keyset.protection(), Clock.systemUTC())
            .create(name, allowed, lifetime);
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
    out().printf("%-32s  %-24s  %-20s  %s%n", "ID", "NAME", "CREATED", "STATE, ALLOWS");
    for (TokenRecord token : tokens) {
      out()
          .printf(
              "%-32s  %-24s  %-20s  %s%n",
              token.id(),
              token.name(),
              seconds(token.createdAt()),
              (describe(token, now) + " " + PermissionOptions.describe(token.permissions()))
                  .strip());
    }
    out().flush();
    return 0;
  }

  @Command(
      name = "rotate",
      description = {
        "Replaces a token and prints the new one, this once: its name, permissions, tunnel names and"
            + " ports stay.",
        "Where somebody else may have the old one, use --overlap 0s."
      },
      mixinStandardHelpOptions = true)
  int rotate(
      @Mixin StateOption state,
      @Option(
              names = "--overlap",
              paramLabel = "DURATION",
              defaultValue = "1d",
              description = "How long the old one is still good (default: ${DEFAULT-VALUE}).")
          String overlap,
      @Option(
              names = "--expires",
              paramLabel = "DURATION",
              description = "How long the new one is good; needed where the old one expires.")
          @Nullable String expires,
      @Mixin KeysetOptions keyset,
      @Parameters(paramLabel = "NAME|ID", description = "Which token.") String nameOrId)
      throws Exception {
    Duration bothGood = ServeCommand.Durations.parse("--overlap", overlap);
    Duration lifetime = expires == null ? null : ServeCommand.Durations.parse("--expires", expires);
    TokenStore store = TokenStore.openExisting(state.path(), keyset.protection());
    if (lifetime == null && store.find(nameOrId).expiresAt() != null) {
      throw new UsageException(
          "the token " + nameOrId + " expires", "Say with --expires how long the new one is good.");
    }
    out().println(store.rotate(nameOrId, bothGood, lifetime).text().reveal());
    out().flush();
    return 0;
  }

  @Command(
      name = "narrow",
      description = {
        "Has a token allow less than so far, from now on and on live sessions too.",
        "What no option speaks of stays as it is."
      },
      mixinStandardHelpOptions = true)
  int narrow(
      @Mixin StateOption state,
      @Mixin PermissionOptions permissions,
      @Parameters(paramLabel = "NAME|ID", description = "Which token.") String nameOrId)
      throws Exception {
    TokenStore store = TokenStore.openExisting(state.path());
    TokenRecord token =
        store.narrow(nameOrId, permissions.over(store.find(nameOrId).permissions()));
    String allowed = PermissionOptions.describe(token.permissions());
    out()
        .printf(
            "%s (%s) allows %s%n",
            token.name(), token.id(), allowed.isEmpty() ? "what every token does" : allowed);
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
