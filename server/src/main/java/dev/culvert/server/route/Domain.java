package dev.culvert.server.route;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The server's domain, and how host names are kept: of one directly below it the label alone, of
 * any other the whole. In lower case.
 */
record Domain(String name) {
  Domain {
    name = name.toLowerCase(Locale.ROOT);
  }

  /** Whether {@code host}, in lower case, is below the domain, however deep. */
  boolean isAbove(String host) {
    int dot = host.length() - name.length() - 1;
    return dot > 0 && host.charAt(dot) == '.' && host.endsWith(name);
  }

  /**
   * A name as it is kept, where it may be one.
   *
   * @param requested a host name, or the part of one that is below the domain; in lower case
   */
  String toKept(String requested) {
    String host = requested;
    if (!isAbove(host)) {
      boolean isRelative = host.indexOf('.') < 0 || isWildcardOfOneLabel(host);
      if (!isRelative) {
        return host;
      }
      host = requested + "." + name;
    }
    String below = host.substring(0, host.length() - name.length() - 1);
    return below.indexOf('.') < 0 ? below : host;
  }

  /** {@code *.app}: no domain of the first level is anybody's, so it must be relative. */
  private static boolean isWildcardOfOneLabel(String host) {
    return host.startsWith(Names.WILDCARD)
        && host.indexOf('.', Names.WILDCARD.length()) < 0
        && host.length() > Names.WILDCARD.length();
  }

  /** The host name of a name as it is kept. */
  String host(String kept) {
    return kept.indexOf('.') < 0 ? kept + "." + name : kept;
  }

  /** The host in a {@code Host} header's value, in lower case; null where it is none of names. */
  static @Nullable String hostOf(String header) {
    int length = header.length();
    int colon = header.lastIndexOf(':');
    if (colon >= 0) {
      length = colon;
    }
    if (length > 0 && header.charAt(length - 1) == '.') {
      length--;
    }
    return length == 0 ? null : header.substring(0, length).toLowerCase(Locale.ROOT);
  }
}
