package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnswerFormatTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "none | TEXT",
        "'' | TEXT",
        "*/* | TEXT",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | HTML",
        "TEXT/HTML;charset=utf-8 | HTML",
        "application/json, text/plain, */* | JSON",
        "application/problem+json | JSON",
        "application/* | JSON",
        "text/plain, application/json | TEXT",
        "text/html;q=0, application/json;q=0.1 | JSON",
        "text/html;q=0.5, application/json;q=0.6 | JSON",
        "text/html;q=0 | TEXT",
        "text/html;q=0.1234, application/json;q=0.1 | JSON",
        "text/html; level=1; q=0.9, text/plain;q=0.8 | HTML",
        "text/html;q=x | TEXT",
        "image/avif,image/webp,*/*;q=0.8 | TEXT",
        "x-text/html-not | TEXT",
        ";,;q=1,,/ | TEXT",
      })
  void visitorGetsWhatItLikesMost(@Nullable String accept, AnswerFormat format) {
    assertThat(AnswerFormat.of(accept)).isEqualTo(format);
  }
}
