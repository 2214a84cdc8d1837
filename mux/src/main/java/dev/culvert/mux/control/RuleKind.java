package dev.culvert.mux.control;

import java.util.Locale;

/** The kinds of {@link VisitorRules}, of which a token may allow some. */
public enum RuleKind {
  BASIC_AUTH,
  CIDR,
  RATE_LIMIT,
  MAX_REQUESTS,
  MAX_BODY,
  HEADERS,
  HOST_HEADER,
  HTTPS_REDIRECT,
  FILTER,
  COMPRESS;

  /** As options and files have it, such as {@code basic-auth}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind that is written so; {@link IllegalArgumentException} where there is none. */
  public static RuleKind of(String text) {
    for (RuleKind kind : values()) {
      if (kind.text().equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "kind of rule: " + AddressBlock.printable(text) + " (expected: one such as basic-auth)");
  }
}
