package dev.culvert.server.route;

import dev.culvert.mux.control.TunnelRefusalCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a path that leads to a tunnel, such as {@code /api}; empty for every path of a host.
 *
 * <p>A request's path is brought into one form before it is compared: escapes of characters that
 * need none are undone, empty and dot segments removed. What a service might read as yet another
 * path, since it takes {@code %2f} or a backslash for a slash or cuts off what is behind a
 * semicolon, is compared in that form too ({@link #lax}).
 */
final class PathPrefix {
  private static final int MAX_CHARS = 200;
  private static final int MAX_DECODINGS = 3;
  private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]+)+/?");

  private PathPrefix() {}

  /**
   * The prefix as it is kept: without a slash at its end.
   *
   * @throws RouteRefusedException where {@code requested} is none
   */
  static String checked(@Nullable String requested) throws RouteRefusedException {
    if (requested == null || requested.isEmpty() || requested.equals("/")) {
      return "";
    }
    if (requested.length() > MAX_CHARS
        || !PREFIX.matcher(requested).matches()
        || !normal(requested).equals(withoutLastSlash(requested))) {
      throw new RouteRefusedException(
          TunnelRefusalCode.INVALID,
          "the path \""
              + requested.replaceAll("[^\\x20-\\x7e]", "?")
              + "\" is no prefix: use letters, digits, dots, hyphens and slashes, as in /api/v1");
    }
    return withoutLastSlash(requested);
  }

  static String withoutLastSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** Whether {@code path}, in one of the two forms, is {@code prefix} or below it. */
  static boolean covers(String prefix, String path) {
    return prefix.isEmpty() || (path.startsWith(prefix) && isEndOfSegment(path, prefix.length()));
  }

  private static boolean isEndOfSegment(String path, int at) {
    return path.length() == at || path.charAt(at) == '/';
  }

  /** The path of {@code target}, a request's path and query, as a strict service reads it. */
  static String normal(String target) {
    String path = withoutQuery(target);
    return isPlain(path) ? withoutLastSlash(path) : resolved(decoded(path, false));
  }

  /** The same as a service reads it that decodes whatever it can. */
  static String lax(String target) {
    String path = withoutQuery(target);
    if (isPlain(path)) {
      return withoutLastSlash(path);
    }
    for (int i = 0; i < MAX_DECODINGS && path.indexOf('%') >= 0; i++) {
      path = decoded(path, true);
    }
    return resolved(path.replace('\\', '/').replaceAll(";[^/]*", ""));
  }

  private static String withoutQuery(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** Whether all readings of the path are the path itself. */
  private static boolean isPlain(String path) {
    return path.indexOf('%') < 0
        && path.indexOf('\\') < 0
        && path.indexOf(';') < 0
        && !path.contains("//")
        && !path.contains("/.");
  }

  private static String decoded(String path, boolean isLax) {
    StringBuilder decoded = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      int octet = c == '%' ? octet(path, i + 1) : -1;
      if (octet >= 0 && (isLax || isUnreserved((char) octet))) {
        decoded.append((char) octet);
        i += 2;
      } else {
        decoded.append(c);
      }
    }
    return decoded.toString();
  }

  private static int octet(String path, int at) {
    if (at + 2 > path.length()) {
      return -1;
    }
    int high = Character.digit(path.charAt(at), 16);
    int low = Character.digit(path.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~".indexOf(c) >= 0;
  }

  private static String resolved(String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        segments.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.addLast(segment);
      }
    }
    StringBuilder resolved = new StringBuilder(path.length());
    segments.forEach(segment -> resolved.append('/').append(segment));
    return resolved.toString();
  }
}
