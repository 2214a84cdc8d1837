package dev.culvert.client.cli;

import dev.culvert.client.cli.ConnectionOptions.Connection;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a setting comes from: the option, else the environment, else the configuration. */
final class Settings {
  private static final int STANDARD_PORT = 7000;
  private static final long MAX_TOKEN_FILE_BYTES = 64 * 1024;

  private final ConnectionOptions options;
  private final Map<String, String> environment;
  private final ConfigFile config;
  private final PrintWriter err;

  Settings(ConnectionOptions options, Map<String, String> environment, PrintWriter err)
      throws UsageException {
    this.options = options;
    this.environment = environment;
    this.config = ConfigFile.read(options.config);
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
    int colon = server.lastIndexOf(':');
    boolean hasPort =
        server.startsWith("[")
            ? server.indexOf("]:") > 0
            : colon > 0 && server.indexOf(':') == colon;
    String host = hasPort ? server.substring(0, colon) : server;
    return new Connection(
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host,
        hasPort ? port(server, server.substring(colon + 1)) : STANDARD_PORT,
        trust(),
        token());
  }

  private static int port(String server, String text) throws UsageException {
    if (text.matches("\\d{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    }
    throw new UsageException(
        "the server \"" + server + "\" has no valid port", "Write HOST:PORT, the port 1 to 65535.");
  }

  private Trust trust() throws UsageException {
    String pin = first(options.pin, "CULVERT_PIN", "pin");
    if (pin != null) {
      try {
        return Trust.pinned(pin);
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            String.valueOf(e.getMessage()), "Copy the line that culvertd prints at its start.");
      }
    }
    Path caFile = options.caFile == null ? config.file("ca-file") : options.caFile;
    return caFile == null ? new Trust.SystemAuthorities() : new Trust.AuthorityFile(caFile);
  }

  private String token() throws UsageException {
    if (options.token != null) {
      err.println(
          "culvert: a token on the command line can be read by other users of this machine;"
              + " prefer CULVERT_AUTHTOKEN or --token-file");
      err.flush();
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
          "cannot read the token file " + file + ": " + e.getMessage(), "Check its path and mode.");
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
