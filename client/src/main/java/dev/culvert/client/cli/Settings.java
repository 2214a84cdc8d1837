package dev.culvert.client.cli;

import dev.culvert.client.cli.ConnectionOptions.Connection;
import dev.culvert.mux.control.Secret;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a setting comes from: the option, else the environment, else the configuration. */
final class Settings {
  private static final long MAX_TOKEN_FILE_BYTES = 64 * 1024;

  private final ConnectionOptions options;
  private final Map<String, String> environment;
  private final ConfigFile config;
  private final PrintWriter err;

  Settings(ConnectionOptions options, Map<String, String> environment, PrintWriter err)
      throws UsageException {
    this.options = options;
    this.environment = environment;
    this.config = ConfigFile.read(options.config, environment);
    this.err = err;
  }

  Connection connection() throws UsageException {
    String server = first(options.server, "CULVERT_SERVER", "server");
    if (server == null) {
      throw new UsageException(
          "no server is given",
          "Add --server HOST:PORT, set CULVERT_SERVER, or write server = \"...\" in the"
              + " configuration.");
    }
    ServerAddress address = ServerAddress.parse(server.strip());
    Trust trust = options.insecure ? insecure(address) : trust();
    return new Connection(address.host(), address.port(), trust, new Secret(token()));
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

  private String token() throws UsageException {
    if (options.token != null) {
      err.println(
          "culvert: a token on the command line can be read by other users of this machine;"
              + " prefer CULVERT_AUTHTOKEN or --token-file");
      err.flush();
      if (options.token.isBlank()) {
        throw new UsageException(
            "--authtoken is empty", "Give the token, or leave the option out.");
      }
      return options.token.strip();
    }
    if (options.tokenFile != null) {
      return tokenFrom(options.tokenFile);
    }
    String token = environment.get("CULVERT_AUTHTOKEN");
    if (token != null && !token.isBlank()) {
      return token.strip();
    }
    Path file = config.file("token-file");
    if (file != null) {
      return tokenFrom(file);
    }
    token = config.text("authtoken");
    if (token != null && !token.isBlank()) {
      return token.strip();
    }
    throw new UsageException(
        "no token is given",
        "Set CULVERT_AUTHTOKEN or add --token-file FILE; culvertd token create makes one.");
  }

  private static String tokenFrom(Path file) throws UsageException {
    try {
      if (Files.size(file) <= MAX_TOKEN_FILE_BYTES) {
        String token = Files.readString(file).strip();
        if (!token.isEmpty()) {
          return token;
        }
      }
    } catch (IOException e) {
      throw new UsageException(
          "cannot read the token file " + file + ": " + FileFailure.reason(e),
          "Check its path and mode.");
    }
    throw new UsageException("the token file " + file + " holds no token", "Put the token in it.");
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
