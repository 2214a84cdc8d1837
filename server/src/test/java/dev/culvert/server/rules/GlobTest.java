package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "/, /, true",
    "/, //, false",
    "/a, /a, true",
    "/a, /A, false",
    "/a, /ab, false",
    "/a, '', false",
    "*, '', true",
    "*, abc, true",
    "*, a/b, false",
    "**, a/b, true",
    "***, a/b, true",
    "/*, /, true",
    "/*, /a, true",
    "/*, /a/b, false",
    "/**, /a/b, true",
    "/a*c, /abc, true",
    "/a*c, /ac, true",
    "/a*c, /a/c, false",
    "/a**c, /a/c, true",
    "/*/x, /a/x, true",
    "/*/x, /x, false",
    "/*/x, /a/b/x, false",
    "/**/x, /a/b/x, true",
    "*.php, a.php, true",
    "*.php, a.php5, false",
    "**.php, /a/b.php, true",
    "aab, aaab, false",
    "*aab, aaab, true",
    "*a*b*, xxaxxbxx, true",
    "*a*b*, xxbxxaxx, false",
    "a?c, abc, false",
    "a.c, abc, false",
    "[a], a, false",
  })
  void starsStandForWhatTheyShould(String pattern, String text, boolean matches) {
    assertThat(new Glob(pattern, '/', Glob.Case.EXACT).matches(text)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "/Admin, /aDMIN, true",
    "/admin, /ADMIN/x, false",
    "/stra\u00dfe, /STRA\u00dfE, true",
    "/\u00e9, /\u00c9, true",
    "/k, /\u212a, true",
    "/s, /\u017f, true",
  })
  void caseIsIgnoredWhereItIsTo(String pattern, String text, boolean matches) {
    assertThat(new Glob(pattern, '/', Glob.Case.IGNORED).matches(text)).isEqualTo(matches);
  }

  @Test
  void oneStarIsEnoughWhereThereIsNoSeparator() {
    Glob glob = new Glob("*bot*", Glob.NO_SEPARATOR, Glob.Case.EXACT);

    assertThat(glob.matches("a/robot/b")).isTrue();
    assertThat(glob.matches("a\0/robot\0")).isTrue();
  }

  @Test
  void patternOfSixtyThreeCharactersIsTheLongest() {
    String longest = "a".repeat(63);

    assertThat(new Glob(longest, '/', Glob.Case.EXACT).matches(longest)).isTrue();
    assertThat(new Glob(longest + "*", '/', Glob.Case.EXACT).matches(longest + "b")).isTrue();
    assertThat(new Glob(longest, '/', Glob.Case.EXACT).matches(longest + "a")).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Glob(longest + "a", '/', Glob.Case.EXACT));
  }

  @Test
  void matchesAsTheSameRegularExpressionDoes() {
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      String pattern = random(random, "ab/*\u20ac", 8);
      String text = random(random, "ab/\u20ac", 12);
      String regex = pattern.replace("**", "\u0001").replace("*", "[^/]*").replace("\u0001", ".*");

      assertThat(new Glob(pattern, '/', Glob.Case.EXACT).matches(text))
          .as("seed %d: %s on %s", seed, pattern, text)
          .isEqualTo(Pattern.matches(regex, text));
    }
  }

  private static String random(Random random, String characters, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(length + 1); i > 0; i--) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }
}
