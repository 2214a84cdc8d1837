package dev.culvert.server.rules;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What services may take the path of a request for.
 *
 * <p>A path goes to the service as it was sent, and services differ: in whether {@code //} is
 * {@code /}, whether {@code ;x} belongs to a segment, whether {@code %2f} divides segments, and in
 * what they do first of this and of removing {@code ..}. So there are several readings, and a
 * filter is held against each. What hardly anybody sends in good faith has none: broken escapes,
 * overlong or otherwise bad UTF-8, control characters, backslashes, and what is encoded twice.
 */
final class PathReadings {
  private PathReadings() {}

  /** All readings of {@code target}'s path, a few at most; null where it has none. */
  static @Nullable Collection<String> of(String target) {
    int query = target.indexOf('?');
    String raw = query < 0 ? target : target.substring(0, query);
    if (isPlain(raw)) {
      return Set.of(raw);
    }
    String lower = raw.toLowerCase(Locale.ROOT);
    String decoded = PercentText.decode(raw);
    if (decoded == null || decoded.indexOf('\\') >= 0 || PercentText.hasEscape(decoded)) {
      return null;
    }
    boolean hasSlashes = lower.contains("%2f");
    boolean hasParameters = decoded.indexOf(';') >= 0;
    if (hasParameters && (hasSlashes || lower.contains("%3b"))) {
      return null; // where a parameter ends would depend on what is decoded first
    }
    Set<String> readings = new LinkedHashSet<>();
    add(readings, decoded, hasParameters);
    if (hasSlashes) {
      String kept = PercentText.decode(keepingSlashes(raw));
      if (kept != null) {
        add(readings, kept, false);
      }
    }
    return readings;
  }

  private static boolean isPlain(String path) {
    return path.indexOf('%') < 0
        && path.indexOf(';') < 0
        && path.indexOf('\\') < 0
        && !path.contains("//")
        && !path.contains("/.");
  }

  /** With the escapes of slashes escaped, so that they outlast being decoded. */
  private static String keepingSlashes(String raw) {
    return raw.replace("%2f", "%252F").replace("%2F", "%252F");
  }

  private static void add(Set<String> readings, String path, boolean hasParameters) {
    addForms(readings, path);
    if (hasParameters) {
      addForms(readings, withoutParameters(path));
    }
  }

  private static void addForms(Set<String> readings, String path) {
    readings.add(path);
    readings.add(merged(path));
    readings.add(withoutDots(merged(path)));
    readings.add(merged(withoutDots(path)));
  }

  private static String withoutParameters(String path) {
    StringBuilder kept = new StringBuilder(path.length());
    boolean isParameter = false;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      isParameter = c == ';' || (isParameter && c != '/');
      if (!isParameter) {
        kept.append(c);
      }
    }
    return kept.toString();
  }

  /** With one slash in the place of several. */
  private static String merged(String path) {
    StringBuilder merged = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) != '/' || i == 0 || path.charAt(i - 1) != '/') {
        merged.append(path.charAt(i));
      }
    }
    return merged.toString();
  }

  /** With {@code .} and {@code ..} gone, as RFC 3986, section 5.2.4 has it. */
  private static String withoutDots(String path) {
    Deque<String> segments = new ArrayDeque<>();
    String[] parts = path.split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      boolean isLast = i == parts.length - 1;
      switch (parts[i]) {
        case "." -> addIf(isLast, segments);
        case ".." -> {
          segments.pollLast();
          addIf(isLast, segments);
        }
        default -> segments.add(parts[i]);
      }
    }
    return parts[0] + "/" + String.join("/", segments);
  }

  private static void addIf(boolean isLast, Deque<String> segments) {
    if (isLast) {
      segments.add(""); // what ends in dots is a directory
    }
  }
}
