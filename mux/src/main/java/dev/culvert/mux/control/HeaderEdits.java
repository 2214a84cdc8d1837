package dev.culvert.mux.control;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is changed about the headers of a request or response: first removed, then set, then added.
 * Headers that say how a message goes from one connection to the next, whom it is for and where it
 * came from are not theirs to change.
 */
public record HeaderEdits(List<String> remove, List<Field> set, List<Field> add) {
  public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of(), List.of());

  private static final int MAX_FIELDS = 20;
  private static final int MAX_NAME_CHARS = 100;
  private static final int MAX_VALUE_CHARS = 500;

  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VALUE =
      Pattern.compile("[\\x21-\\x7e](?:[\\t\\x20-\\x7e]*[\\x21-\\x7e])?");

  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "forwarded",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-real-ip",
          "x-request-id");

  private static final List<String> RESERVED_STARTS = List.of("culvert-", "x-forwarded-");

  public HeaderEdits {
    remove = Presence.list(remove, "header names", MAX_FIELDS);
    set = Presence.list(set, "headers to set", MAX_FIELDS);
    add = Presence.list(add, "headers to add", MAX_FIELDS);
    remove.forEach(HeaderEdits::checkChangeable);
  }

  /** A header and its value, in plain ASCII. */
  public record Field(String name, String value) {
    public Field {
      Presence.require(name, "header name");
      Presence.require(value, "header value");
      checkChangeable(name);
      Presence.check(
          value.length() <= MAX_VALUE_CHARS && (value.isEmpty() || VALUE.matcher(value).matches()),
          "header "
              + name
              + ": expected a value of at most "
              + MAX_VALUE_CHARS
              + " characters of plain ASCII on one line");
    }

    /** Reads {@code Name: value}; {@link IllegalArgumentException} where it is none. */
    public static Field parse(String text) {
      int colon = text.indexOf(':');
      Presence.check(
          colon > 0,
          "header: " + AddressBlock.printable(text) + " (expected: one such as X-Name: value)");
      return new Field(text.substring(0, colon), text.substring(colon + 1).strip());
    }
  }

  static void checkName(String name) {
    Presence.check(
        name.length() <= MAX_NAME_CHARS && NAME.matcher(name).matches(),
        "header name: " + AddressBlock.printable(name) + " (expected: one such as X-Name)");
  }

  /** {@code name}, where it is one that rules may change. */
  public static String checkedName(String name) {
    checkChangeable(name);
    return name;
  }

  private static void checkChangeable(String name) {
    checkName(name);
    String lower = name.toLowerCase(Locale.ROOT);
    Presence.check(
        !RESERVED.contains(lower) && RESERVED_STARTS.stream().noneMatch(lower::startsWith),
        "header " + name + ": it is not for rules to change");
  }

  public boolean isEmpty() {
    return remove.isEmpty() && set.isEmpty() && add.isEmpty();
  }
}
