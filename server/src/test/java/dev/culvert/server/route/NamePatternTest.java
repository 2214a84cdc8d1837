package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamePatternTest {
  @ParameterizedTest
  @CsvSource({
    "shop, shop, true",
    "shop, shops, false",
    "shop, sho, false",
    "SHOP, shop, true",
    "*, shop, true",
    "*, a.b, false",
    "*, '', false",
    "shop-*, shop-1, true",
    "shop-*, shop-, false",
    "shop-*, shop, false",
    "shop-*, a-shop-1, false",
    "*-dev, a-dev, true",
    "*-dev, -dev, false",
    "a*a, aa, false",
    "a*a, aba, true",
    "a*a, a, false",
    "*.example.com, a.example.com, true",
    "*.example.com, example.com, false",
    "*.example.com, .example.com, false",
    "*.example.com, a.b.example.com, false",
    "*.example.com, a-example.com, false",
    "a.*.example.com, a.b.example.com, true",
    "a.*.example.com, a.b.c.example.com, false",
    "example.com, example.com, true",
    "example.com, example-com, false",
  })
  void starStandsForPartOfALabel(String pattern, String name, boolean matches) {
    assertThat(new NamePattern(pattern).matches(name)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "*, shop, true",
    "*, shop-*, true",
    "*, *, true",
    "shop-*, shop-a*, true",
    "shop-*, shop-*-dev, true",
    "*-dev, shop-*-dev, true",
    "shop, shop, true",
    "*.example.com, a.example.com, true",
    "*.example.com, a*.example.com, true",
    "shop-*, *, false",
    "shop-*, shop*, false",
    "shop, shop*, false",
    "*, *.example.com, false",
    "*.com, *.example.com, false",
    "*.com, a.*.com, false",
    "shop, shops, false",
  })
  void widerPatternCoversNarrowerOnes(String wider, String narrower, boolean covers) {
    assertThat(new NamePattern(wider).covers(new NamePattern(narrower))).isEqualTo(covers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "**", "*.*", "a..b", ".a", "a.", "-a", "a-", "a b", "a/b", "ä", "a_b", "\u001b"
      })
  void whatIsNoPatternIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NamePattern(text))
        .withMessageStartingWith("name pattern: ")
        .withMessageNotContaining("\u001b");
  }
}
