package dev.culvert.client.cli;

/**
 * Text from elsewhere, made fit for one line at a terminal: it cannot move the cursor, colour
 * anything, turn the direction of writing or begin a line.
 */
final class TerminalText {
  private static final String CUT = "...";
  private static final int MAX_MESSAGE_COLUMNS = 300;

  private TerminalText() {}

  /** {@code text} with a question mark for each character that is not printed as itself. */
  static String printable(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints().map(c -> isPrintable(c) ? c : '?').forEach(printable::appendCodePoint);
    return printable.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /** A sentence for people: printable, and cut where it goes on and on. */
  static String message(String text) {
    return cut(printable(text), MAX_MESSAGE_COLUMNS);
  }

  /** As much of {@code text} as fits in {@code columns}, at least three of them. */
  static String cut(String text, int columns) {
    if (columns(text) <= columns) {
      return text;
    }
    int end = 0;
    int taken = CUT.length();
    while (taken + columns(text.codePointAt(end)) <= columns) {
      taken += columns(text.codePointAt(end));
      end += Character.charCount(text.codePointAt(end));
    }
    return text.substring(0, end) + CUT;
  }

  /** {@code text} with spaces behind it, up to {@code columns}. */
  static String padded(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - columns(text)));
  }

  private static int columns(String text) {
    return text.codePoints().map(TerminalText::columns).sum();
  }

  /** Characters of East Asian scripts and emoji take two. */
  private static int columns(int c) {
    if (c < 0x1100) {
      return 1;
    }
    if (c >= 0xFF00 && c <= 0xFFEF) {
      return c <= 0xFF60 || c >= 0xFFE0 ? 2 : 1; // full-width forms, and half-width ones
    }
    return switch (Character.UnicodeScript.of(c)) {
      case HAN, HANGUL, HIRAGANA, KATAKANA, BOPOMOFO, YI -> 2;
      default -> Character.isEmojiPresentation(c) || (c >= 0x3000 && c <= 0x303F) ? 2 : 1;
    };
  }
}
