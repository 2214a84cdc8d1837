package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TerminalTextTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0x00, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0xad, 0x200b,
        0x200e, 0x2028, 0x2029, 0x202e, 0x2066, 0xfeff, 0xd800, 0xdfff, 0xe000, 0xffff, 0xe0001,
        0x10ffff
      })
  void characterThatIsNotPrintedAsItselfIsAQuestionMark(int character) {
    String text = "a" + new String(Character.toChars(character)) + "b";

    assertThat(TerminalText.printable(text)).isEqualTo("a?b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a?b=c#d~!", "/äöü/ß", "/日本語", "/🙂", "a b"})
  void plainTextStaysAsItIs(String text) {
    assertThat(TerminalText.printable(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "abcdefghij, 10, abcdefghij",
    "abcdefghijk, 10, abcdefg...",
    "日本語日本, 10, 日本語日本",
    "日本語日本語, 10, 日本語...",
    "a日本語日本語, 10, a日本語...",
    "ab日本語日本語, 10, ab日本...",
    "🙂🙂🙂🙂🙂🙂, 10, 🙂🙂🙂...",
    "ｶﾀｶﾅｶﾀｶﾅｶﾀｶﾅ, 10, ｶﾀｶﾅｶﾀｶ...",
    "ＡＢＣＤＥＦ, 10, ＡＢＣ...",
    "abcd, 3, ...",
  })
  void textIsCutByTheColumnsItTakes(String text, int columns, String cut) {
    assertThat(TerminalText.cut(text, columns)).isEqualTo(cut);
  }

  @ParameterizedTest
  @CsvSource({"abc, 'abc  '", "日本, '日本 '", "abcde, abcde", "abcdef, abcdef", "'', '     '"})
  void textIsPaddedByTheColumnsItTakes(String text, String padded) {
    assertThat(TerminalText.padded(text, 5)).isEqualTo(padded);
  }

  @Test
  void messageIsOneLineOfBoundedLength() {
    String message = TerminalText.message("first\nsecond" + "x".repeat(65_536));

    assertThat(message).startsWith("first?second").endsWith("...").hasSize(300);
  }
}
