package dev.culvert.server.route;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One host name or label, or many of them: a star, of which there is at most one, stands for one or
 * more characters within a label. So {@code shop} is itself alone, {@code shop-*} is {@code shop-a}
 * and not {@code shop-}, and {@code *.example.com} is {@code a.example.com} and not {@code
 * a.b.example.com}. In lower case.
 */
public record NamePattern(String text) {
  private static final int MAX_CHARS = 253;
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

  /** {@link IllegalArgumentException} where {@code text} is no pattern. */
  public NamePattern {
    text = text.toLowerCase(Locale.ROOT);
    if (text.length() > MAX_CHARS
        || text.indexOf('*') != text.lastIndexOf('*')
        || !NAME.matcher(text.replace('*', 'x')).matches()) {
      throw new IllegalArgumentException(
          "name pattern: "
              + text.replaceAll("[^\\x20-\\x7e]", "?")
              + " (expected: a name such as shop, shop-* or *.example.com)");
    }
  }

  /** Whether {@code name}, in lower case, is one of them. */
  public boolean matches(String name) {
    int star = text.indexOf('*');
    if (star < 0) {
      return name.equals(text);
    }
    int afterStar = name.length() - (text.length() - star - 1);
    return afterStar > star
        && name.startsWith(text.substring(0, star))
        && name.endsWith(text.substring(star + 1))
        && name.substring(star, afterStar).indexOf('.') < 0;
  }

  /** Whether all names of {@code other} are among these. */
  public boolean covers(NamePattern other) {
    int star = text.indexOf('*');
    int otherStar = other.text.indexOf('*');
    if (star < 0 || otherStar < 0) {
      return otherStar < 0 && matches(other.text);
    }
    String end = text.substring(star + 1);
    String otherEnd = other.text.substring(otherStar + 1);
    return star <= otherStar
        && other.text.startsWith(text.substring(0, star))
        && otherEnd.endsWith(end)
        && other.text.substring(star, other.text.length() - end.length()).indexOf('.') < 0;
  }

  /** Whether this is of one label, and not of a whole host name. */
  boolean isLabel() {
    return text.indexOf('.') < 0;
  }

  /** Whether there is but one such name. */
  boolean isOneName() {
    return text.indexOf('*') < 0;
  }

  /** The name that has {@code part} in the star's place. */
  String with(String part) {
    return text.replace("*", part);
  }

  @Override
  public String toString() {
    return text;
  }
}
