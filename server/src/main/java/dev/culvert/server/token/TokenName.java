package dev.culvert.server.token;

import java.util.regex.Pattern;

/** The rule for token names, and how operator input is shown in messages. */
final class TokenName {
  static final String RULE =
      "1 to 63 lower-case letters, digits and hyphens, no hyphen first or last";

  private static final int MAX_LENGTH = 63;
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

  private TokenName() {}

  static boolean isValid(String name) {
    return name.length() <= MAX_LENGTH && LABEL.matcher(name).matches();
  }

  /** The text in quotes; its length alone when it might be a pasted token or is not printable. */
  static String quoted(String text) {
    boolean showable =
        text.length() <= MAX_LENGTH && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    return showable ? '"' + text + '"' : "(" + text.length() + " characters)";
  }
}
