package dev.culvert.client.cli;

import dev.culvert.client.cli.ConnectionOptions.Connection;
import dev.culvert.tls.Trust;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a setting comes from: the option, else the environment, else the configuration. */
final class Settings {
  private final ConnectionOptions options;
  private final Map<String, String> environment;
  private final ConfigFile config;
  private final TokenSource token;
  private final PrintWriter err;

  /** {@code in} is read where the options say so; {@code err} hears warnings. */
  Settings(
      ConnectionOptions options, Map<String, String> environment, InputStream in, PrintWriter err)
      throws UsageException {
    this.options = options;
    this.environment = environment;
    this.config = ConfigFile.read(options.config, environment);
    this.token = new TokenSource(options, environment, config, in, err);
    this.err = err;
  }

  Connection connection() throws UsageException {
    config.warnIfWritable(err);
    String server = first(options.server, "CULVERT_SERVER", "server");
    if (server == null) {
      throw new UsageException(
          "no server is given",
          "Add --server HOST:PORT, set CULVERT_SERVER, or write server = \"...\" in the"
              + " configuration.");
    }
    ServerAddress address = ServerAddress.parse(server.strip());
    Trust trust = options.insecure ? insecure(address) : trust();
    return new Connection(address.host(), address.port(), trust, token.token());
  }

  /** Whether tunnels with a name are to share it. */
  boolean isPool() throws UsageException {
    String value = environment.get("CULVERT_POOL");
    if (value == null || value.isBlank()) {
      return config.truth("pool");
    }
    return switch (value.strip()) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new UsageException(
              "CULVERT_POOL is neither true nor false", "Set it to true, or to nothing.");
    };
  }

  private Trust insecure(ServerAddress address) throws UsageException {
    if (options.pin != null || options.caFile != null) {
      throw new UsageException(
          "--insecure is given, and so is " + (options.pin == null ? "--ca-file" : "--pin"),
          "Leave --insecure out.");
    }
    if (!address.isLoopback()) {
      throw new UsageException(
          "--insecure is for a server on this machine, and " + address.host() + " is another",
          "Give --pin as culvertd prints it, or --ca-file.");
    }
    err.println("culvert: --insecure: the server is not verified; this is for development only");
    err.flush();
    return new Trust.AnythingHere();
  }

  private Trust trust() throws UsageException {
    if (options.caFile != null && options.pin != null) {
      throw new UsageException(
          "--pin and --ca-file are both given",
          "Give one: --pin for the server's own identity, --ca-file for a certificate's issuer.");
    }
    if (options.caFile != null) {
      return new Trust.AuthorityFile(options.caFile); // an option goes before any pin that is none
    }
    String pin = first(options.pin, "CULVERT_PIN", "pin");
    if (pin != null) {
      try {
        return Trust.pinned(pin.strip());
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            String.valueOf(e.getMessage()), "Copy the line that culvertd prints at its start.");
      }
    }
    Path caFile = config.file("ca-file");
    return caFile == null ? new Trust.SystemAuthorities() : new Trust.AuthorityFile(caFile);
  }

  private @Nullable String first(@Nullable String option, String variable, String key)
      throws UsageException {
    if (option != null) {
      return option;
    }
    String value = environment.get(variable);
    return value == null || value.isBlank() ? config.text(key) : value;
  }
}
