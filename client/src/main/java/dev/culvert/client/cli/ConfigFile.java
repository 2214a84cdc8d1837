package dev.culvert.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlInvalidTypeException;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/** The configuration in TOML: keys of the same names as the options. */
final class ConfigFile {
  private static final List<String> KEYS =
      List.of(
          "server",
          "pin",
          "ca-file",
          "token-file",
          "authtoken",
          "pool",
          "basic-auth",
          "basic-auth-file",
          "basic-auth-forward",
          "cidr-allow",
          "cidr-deny",
          "rate-limit",
          "visitor-rate-limit",
          "max-requests",
          "max-body",
          "request-header-remove",
          "request-header-set",
          "request-header-add",
          "response-header-remove",
          "response-header-set",
          "response-header-add",
          "host-header",
          "https-redirect",
          "filter",
          "compress");

  /** They may be written as a number, too. */
  private static final Set<String> NUMBERS = Set.of("max-requests", "max-body");

  private final @Nullable Path path;
  private final @Nullable TomlParseResult values;

  private ConfigFile(@Nullable Path path, @Nullable TomlParseResult values) {
    this.path = path;
    this.values = values;
  }

  /** Reads {@code given}, or the file at the usual place where there is one. */
  static ConfigFile read(@Nullable Path given, Map<String, String> environment)
      throws UsageException {
    Path path = given == null ? UserDirectories.config(environment).resolve("culvert.toml") : given;
    if (given == null && !Files.exists(path)) {
      return new ConfigFile(null, null);
    }
    TomlParseResult values;
    try {
      values = Toml.parse(path);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    if (values.hasErrors()) {
      var error = values.errors().getFirst();
      throw new UsageException(
          at(path, error.position()) + ": " + withoutContent(error.getMessage()),
          "Correct the line; a text stands in quotes.");
    }
    for (String key : values.keySet()) {
      if (!KEYS.contains(key)) {
        throw new UsageException(
            at(path, values.inputPositionOf(List.of(key)))
                + ": unknown key "
                + TerminalText.message(key),
            "Did you mean " + nearest(key) + "?");
      }
    }
    return new ConfigFile(path, values);
  }

  private static UsageException unreadable(Path path, IOException failure) {
    return new UsageException(
        "cannot read " + path + ": " + FileFailure.reason(failure),
        "Check the path and mode of the file.");
  }

  /** The parser shows what it met, which may be a token that lacks its quotes. */
  private static String withoutContent(@Nullable String message) {
    return String.valueOf(message)
        .replaceFirst("^Unexpected '.+', expected", "Unexpected text, expected");
  }

  private static String at(Path path, @Nullable TomlPosition position) {
    return position == null
        ? path.toString()
        : path + ":" + position.line() + ":" + position.column();
  }

  private static String nearest(String key) {
    return KEYS.stream().min(Comparator.comparingInt(known -> distance(known, key))).orElse("");
  }

  /** How many characters must be added, removed or replaced to make one of the other. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }

  /** The text of {@code key}, or null. */
  @Nullable String text(String key) throws UsageException {
    if (values == null || path == null) {
      return null;
    }
    try {
      return NUMBERS.contains(key) && values.isLong(List.of(key))
          ? String.valueOf(values.getLong(List.of(key)))
          : values.getString(List.of(key));
    } catch (TomlInvalidTypeException e) {
      throw new UsageException(
          at(path, values.inputPositionOf(List.of(key))) + ": " + key + " is no text",
          "Write it in quotes: " + key + " = \"...\"");
    }
  }

  /** The texts of {@code key}, which is a list; none where it is not there. */
  List<String> texts(String key) throws UsageException {
    Object value = values == null ? null : values.get(List.of(key));
    if (value == null || values == null || path == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (Object element : value instanceof TomlArray array ? array.toList() : List.of(0)) {
      if (!(element instanceof String text)) {
        throw new UsageException(
            at(path, values.inputPositionOf(List.of(key))) + ": " + key + " is no list of texts",
            "Write it as " + key + " = [\"...\"]");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Whether {@code key} is there, and true. */
  boolean truth(String key) throws UsageException {
    if (values == null || path == null) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(values.getBoolean(List.of(key)));
    } catch (TomlInvalidTypeException e) {
      throw new UsageException(
          at(path, values.inputPositionOf(List.of(key)))
              + ": "
              + key
              + " is neither true nor false",
          "Write it without quotes: " + key + " = true");
    }
  }

  /** Warns where others may change what it says. */
  void warnIfWritable(PrintWriter err) throws UsageException {
    if (path != null) {
      try {
        SharedFile.warnIfWritable("the configuration", path, err);
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }
  }

  /** Warns where others may read a token that it holds. */
  void warnIfOpen(PrintWriter err) throws UsageException {
    if (path != null) {
      try {
        SharedFile.warnIfOpen("the configuration", path, err);
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }
  }

  /** The path of {@code key}, relative to the file's own directory; or null. */
  @Nullable Path file(String key) throws UsageException {
    String text = text(key);
    return text == null || path == null ? null : path.toAbsolutePath().resolveSibling(text);
  }
}
