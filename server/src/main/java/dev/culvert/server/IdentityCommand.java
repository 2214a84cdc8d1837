package dev.culvert.server;

import dev.culvert.server.token.StateLock;
import dev.culvert.tls.Identity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvertd identity}: the key that clients pin; a running server notices by itself. */
@Command(
    name = "identity",
    description = "Shows and replaces the key by which clients know the server.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class IdentityCommand {
  private static final Duration MAX_OVERLAP = Duration.ofDays(3650);

  @Mixin private final CommandOutput output = new CommandOutput();

  private PrintWriter out() {
    return output.writer();
  }

  @Command(
      name = "show",
      description =
          "Prints the pin, pins that were replaced and are still good, and how to use it.",
      mixinStandardHelpOptions = true)
  int show(@Mixin StateOption state) throws Exception {
    print(load(state.path()));
    return 0;
  }

  @Command(
      name = "rotate",
      description = {
        "Replaces the key. Clients that have the old pin are let in, and let the server in, until the"
            + " overlap is over; give them the new one by then.",
        "Where somebody else may have the old key, use --overlap 0s."
      },
      mixinStandardHelpOptions = true)
  int rotate(
      @Mixin StateOption state,
      @Option(
              names = "--overlap",
              paramLabel = "DURATION",
              defaultValue = "30d",
              description = "How long the old pin is still good (default: ${DEFAULT-VALUE}).")
          String overlap)
      throws Exception {
    Duration duration = ServeCommand.Durations.parse("--overlap", overlap);
    if (duration.compareTo(MAX_OVERLAP) > 0) {
      throw new UsageException(
          "--overlap " + overlap + ": that is too long",
          "Choose at most " + MAX_OVERLAP.toDays() + "d.");
    }
    Path directory = state.path();
    load(directory); // before the lock's file is made
    try (var _ = StateLock.take(directory)) {
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      Identity successor = load(directory).successor(duration, now);
      write(successor, directory);
      print(successor);
    }
    return 0;
  }

  private static void write(Identity identity, Path directory) throws StartException {
    try {
      identity.write(directory);
    } catch (IOException e) {
      throw StartException.ofKeyFile(e, "Nothing was changed; check " + directory + ".");
    }
  }

  private static Identity load(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      StateDirectory.requirePrivate(directory);
    }
    if (!Files.exists(directory.resolve(Identity.FILE))) {
      throw StartException.ofKeyFile(
          new IOException(directory + ": holds no identity"),
          "Give the server's directory with --state, or start it once with culvertd serve.");
    }
    try {
      return Identity.load(directory);
    } catch (IOException e) {
      throw StartException.ofKeyFile(e, "Check the files in " + directory + ".");
    }
  }

  private void print(Identity identity) {
    out().println(identity.pin());
    for (Identity.FormerPin former : identity.formerPins(Instant.now())) {
      out().printf("%s   replaced, good until %s%n", former.pin(), former.until());
    }
    out()
        .printf(
            "%nBeside a web app on port 3000:%n%n  culvert http 3000 --server HOST:7000 --pin %s%n",
            identity.pin());
    out().flush();
  }
}
