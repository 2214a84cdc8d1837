package dev.culvert.client.cli;

import dev.culvert.mux.control.Secret;
import dev.culvert.tls.Trust;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The options about the server that every tunnel command has. */
final class ConnectionOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration (default: ~/.config/culvert/culvert.toml, where it exists).")
  @Nullable Path config;

  @Option(
      names = "--server",
      paramLabel = "HOST[:PORT]",
      description = "The server (CULVERT_SERVER, or server = in the configuration; port 7000).")
  @Nullable String server;

  @Option(
      names = "--pin",
      paramLabel = "sha256/...",
      description = "The server's identity, as it prints it (CULVERT_PIN, or pin =).")
  @Nullable String pin;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = {
        "Trust certificates of these authorities only (PEM; or ca-file =).",
        "The server must be addressed by a name with a dot; for another one use --pin."
      })
  @Nullable Path caFile;

  @Option(
      names = "--insecure",
      description = {
        "For development: trust any server, but only at localhost; with culvertd serve --dev no"
            + " token is needed either."
      })
  boolean insecure;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = {
        "Read the token from a file (or token-file =), or with - from standard input.",
        "Else it is CULVERT_AUTHTOKEN, or authtoken = in the configuration."
      })
  @Nullable Path tokenFile;

  @Option(
      names = {"--token", "--authtoken"},
      paramLabel = "TOKEN",
      converter = SecretText.class,
      description = "The token; other users of this machine can see it. Prefer the others.")
  @Nullable Secret token;

  /** Keeps what is typed as a secret out of the messages of the parser. */
  static final class SecretText implements ITypeConverter<Secret> {
    @Override
    public Secret convert(String text) {
      return new Secret(text);
    }
  }

  /** What a client needs to know of its server. */
  record Connection(String host, int port, Trust trust, Secret token) {}
}
