package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathReadingsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/|/",
        "*|*",
        "/a/b.c|/a/b.c",
        "/a?b=/../c|/a",
        "/%61|/a",
        "/%41%42|/AB",
        "/%C3%A9|/\u00e9",
        "/100%25|/100%",
        "/100%25x|/100%x",
        "/a//b|/a//b /a/b",
        "/./a|/./a /a",
        "/a/.|/a/. /a/",
        "/a/..|/a/.. /",
        "/a/%2e%2E/b|/a/../b /b",
        "/..|/.. /",
        "/../../a|/../../a /a",
        "/a/...|/a/...",
        "/.a|/.a",
        "/a//../b|/a//../b /a/../b /b /a/b",
        "/a;x=1/b|/a;x=1/b /a/b",
        "/a;x/..;y/b|/a;x/..;y/b /a/../b /b",
        "/a%2Fb|/a/b /a%2Fb",
        "/a%2fb/..|/a/b/.. /a/ /a%2Fb/.. /",
      })
  void pathHasTheReadingsThatServicesMayHave(String target, String readings) {
    assertThat(PathReadings.of(target)).containsExactlyInAnyOrder(readings.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%",
        "/%4",
        "/%4g",
        "/%g4",
        "/%%34",
        "/%u0041",
        "/\\admin",
        "/%5cadmin",
        "/a%5C..%5cb",
        "/%00",
        "/a%00.png",
        "/%0a",
        "/%0d%0a",
        "/%7f",
        "/%C2%85",
        "/%c0%ae%c0%ae/admin",
        "/%e0%80%ae",
        "/%f0%80%80%ae",
        "/%c0%af",
        "/%ff",
        "/%c3",
        "/%ed%a0%80",
        "/%2561dmin",
        "/%252e%252e/admin",
        "/%25252e",
        "/a%252fb",
        "/a;%2f..%2fb",
        "/a%3b/..",
        "/a%3bx",
      })
  void pathThatNobodySendsInGoodFaithHasNone(String target) {
    assertThat(PathReadings.of(target)).isNull();
  }

  @Test
  void longPathsHaveFewReadings() {
    assertThat(PathReadings.of("/;/..//.%2e".repeat(1000))).hasSizeLessThan(10);
    assertThat(PathReadings.of("/a%2F..//.".repeat(1000))).hasSizeLessThan(10);
  }
}
