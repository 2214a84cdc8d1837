package dev.culvert.client.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where rules for visitors come from: the options, else the environment, else the configuration. A
 * key of the configuration is the option's name; the variable of {@code rate-limit} is {@code
 * CULVERT_RATE_LIMIT}, with a line for each where there may be several.
 */
final class RuleSettings {
  private final Map<String, String> environment;
  private final ConfigFile config;

  RuleSettings(Map<String, String> environment, ConfigFile config) {
    this.environment = environment;
    this.config = config;
  }

  Map<String, String> environment() {
    return environment;
  }

  ConfigFile config() {
    return config;
  }

  /** What {@code option} says, where it is given; null where nothing is said. */
  @Nullable String one(@Nullable String option, String key) throws UsageException {
    if (option != null) {
      return option;
    }
    String value = variable(key);
    return value == null ? config.text(key) : value.strip();
  }

  /** What {@code options} say, where there are some. */
  List<String> all(List<String> options, String key) throws UsageException {
    if (!options.isEmpty()) {
      return options;
    }
    String value = variable(key);
    return value == null
        ? config.texts(key)
        : value.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  /** Whether {@code option} is given, or else what is said of it. */
  boolean truth(boolean option, String key) throws UsageException {
    if (option) {
      return true;
    }
    String value = variable(key);
    return value == null ? config.truth(key) : truth(value.strip(), key);
  }

  private static boolean truth(String value, String key) throws UsageException {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new UsageException(
              name(key) + " is neither true nor false", "Set it to true, or to nothing.");
    };
  }

  /** Null where it is not set, or to nothing. */
  private @Nullable String variable(String key) {
    String value = environment.get(name(key));
    return value == null || value.isBlank() ? null : value;
  }

  private static String name(String key) {
    return "CULVERT_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
