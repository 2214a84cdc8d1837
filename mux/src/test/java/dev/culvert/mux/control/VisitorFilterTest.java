package dev.culvert.mux.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.mux.control.VisitorFilter.Action;
import dev.culvert.mux.control.VisitorFilter.Part;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VisitorFilterTest {
  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("deny path /a", new VisitorFilter(Action.DENY, Part.PATH, null, "/a", 403)),
        Arguments.of(
            "  deny\tpath  /a/** 404 ",
            new VisitorFilter(Action.DENY, Part.PATH, null, "/a/**", 404)),
        Arguments.of("allow path **", new VisitorFilter(Action.ALLOW, Part.PATH, null, "**", 0)),
        Arguments.of(
            "deny query code 404", new VisitorFilter(Action.DENY, Part.QUERY, "code", "404", 403)),
        Arguments.of(
            "deny query code * 410", new VisitorFilter(Action.DENY, Part.QUERY, "code", "*", 410)),
        Arguments.of(
            "allow header X-Key abc",
            new VisitorFilter(Action.ALLOW, Part.HEADER, "X-Key", "abc", 0)));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void isReadFromText(String text, VisitorFilter filter) {
    assertThat(VisitorFilter.parse(text)).isEqualTo(filter);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "deny",
        "deny path",
        "path /a",
        "block path /a",
        "Deny path /a",
        "deny cookie a b",
        "deny path /a 403 404",
        "deny path /a four",
        "allow path /a 403",
        "deny query name",
        "deny header name",
        "deny path a/b",
        "deny path /a 399",
        "deny path /a 200",
        "deny path /a 500",
        "deny path /a 401",
        "deny path /a 407",
        "deny path /a 408",
        "deny path /a 421",
        "deny path /a 426",
        "deny header Bad:Name x",
        "deny header Bad\u00e9 x",
      })
  void whatIsNoFilterIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> VisitorFilter.parse(text));
  }

  @Test
  void patternHasSixtyThreeCharactersAtMostBesideItsStars() {
    String longest = "/" + "a".repeat(VisitorFilter.MAX_PATTERN_CHARS - 1);

    assertThat(VisitorFilter.parse("deny path " + longest + "**").pattern()).hasSize(65);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VisitorFilter.parse("deny path " + longest + "a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VisitorFilter.parse("deny path " + "*".repeat(127)));
  }
}
