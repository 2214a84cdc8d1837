package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may take part: only who hides what goes over its link. */
final class OverLinksTest {
  @ParameterizedTest
  @ValueSource(strings = {"GET /page?" + OverLinks.QUERY + " HTTP/1.1", "<p>" + Page.MARK})
  void requestOrPageThatCanBeReadIsNotEncrypted(String seen) {
    assertThatThrownBy(() -> OverLinks.checkHidden(seen)).hasMessageContaining("not encrypted");
  }

  @Test
  void linkThatNothingWentOverProvesNothing() {
    assertThatThrownBy(() -> OverLinks.checkHidden("")).hasMessageContaining("nothing");
  }

  @Test
  void linkOfWhichNothingCanBeReadHidesIt() {
    assertThatCode(() -> OverLinks.checkHidden("\u0017\u0003\u0003 and what looks random"))
        .doesNotThrowAnyException();
  }
}
