package dev.culvert.server.rules;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-encoded text (RFC 3986, section 2.1), decoded once. */
final class PercentText {
  private PercentText() {}

  /**
   * What {@code text}, in plain ASCII, says; null where an escape is broken, where it is no UTF-8
   * (overlong forms are none), or where it has control characters.
   */
  static @Nullable String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int value = i + 2 < text.length() ? escaped(text, i) : -1;
        if (value < 0) {
          return null;
        }
        bytes[length++] = (byte) value;
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    try {
      String decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
      return decoded.chars().anyMatch(Character::isISOControl) ? null : decoded;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Whether there is an escape in {@code text}: decoded again it would be another. */
  static boolean hasEscape(String text) {
    for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
      if (i + 2 < text.length() && escaped(text, i) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static int escaped(String text, int at) {
    int high = Character.digit(text.charAt(at + 1), 16);
    int low = Character.digit(text.charAt(at + 2), 16);
    return high < 0 || low < 0 || text.charAt(at + 1) >= 0x80 || text.charAt(at + 2) >= 0x80
        ? -1
        : high * 16 + low;
  }
}
