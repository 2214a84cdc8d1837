package dev.culvert.server.rules;

import dev.culvert.mux.control.VisitorFilter;
import java.util.HashMap;
import java.util.Map;

/**
 * A pattern in which {@code *} stands for any characters but a separator, and {@code **} for any.
 * Immutable.
 *
 * <p>Looks at each character of a text once, whatever the pattern: all ways in which the pattern
 * may have matched so far are bits of one number. For {@code /a*b}, bits 0 to 4 mean that nothing,
 * {@code /}, {@code /a} with any text, and the whole of it have been seen; a star is a bit that
 * stays.
 */
final class Glob {
  /** What no text has. */
  static final char NO_SEPARATOR = '\0';

  private static final int ASCII = 128;

  private final Case letters;
  private final char separator;
  private final long[] ascii = new long[ASCII]; // by character, the bits that it moves on from
  private final Map<Character, Long> others = new HashMap<>();
  private final long stays; // at any character
  private final long staysWithin; // at any but the separator
  private final long end;

  /** Whether upper and lower case are the same. */
  enum Case {
    EXACT,
    IGNORED;

    char of(char c) {
      return this == EXACT ? c : Character.toLowerCase(Character.toUpperCase(c));
    }
  }

  Glob(String pattern, char separator, Case letters) {
    this.letters = letters;
    this.separator = separator;
    long within = 0;
    long across = 0;
    long bit = 1;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c != '*') {
        if (bit < 0) {
          throw new IllegalArgumentException(
              "pattern: expected at most " + VisitorFilter.MAX_PATTERN_CHARS + " characters");
        }
        move(letters.of(c), bit);
        bit <<= 1;
      } else if (i + 1 < pattern.length() && pattern.charAt(i + 1) == '*') {
        across |= bit;
        i++;
      } else {
        within |= bit;
      }
    }
    this.stays = across;
    this.staysWithin = within | across;
    this.end = bit;
  }

  private void move(char c, long bit) {
    if (c < ASCII) {
      ascii[c] |= bit;
    } else {
      others.merge(c, bit, (a, b) -> a | b);
    }
  }

  boolean matches(String text) {
    long seen = 1;
    for (int i = 0; i < text.length() && seen != 0; i++) {
      char c = letters.of(text.charAt(i));
      long moves = c < ASCII ? ascii[c] : others.getOrDefault(c, 0L);
      long stay = c == separator && separator != NO_SEPARATOR ? stays : staysWithin;
      seen = ((seen & moves) << 1) | (seen & stay);
    }
    return (seen & end) != 0;
  }
}
