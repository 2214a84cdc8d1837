package dev.culvert.client.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where a user's configuration and state are kept, by the XDG conventions. */
final class UserDirectories {
  private UserDirectories() {}

  static Path config(Map<String, String> environment) {
    return base(environment, "XDG_CONFIG_HOME", Path.of(".config")).resolve("culvert");
  }

  static Path state(Map<String, String> environment) {
    return base(environment, "XDG_STATE_HOME", Path.of(".local", "state")).resolve("culvert");
  }

  private static Path base(Map<String, String> environment, String variable, Path belowHome) {
    String base = environment.getOrDefault(variable, "");
    return base.isEmpty() ? home(environment).resolve(belowHome) : Path.of(base);
  }

  /** What the shell calls home; the Java runtime asks the user database instead. */
  private static Path home(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home);
  }
}
