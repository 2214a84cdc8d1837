package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PortRangeTest {
  @ParameterizedTest
  @CsvSource({"20000-20999,20000,20999", "80,80,80", "' 1 - 65535 ',1,65535"})
  void rangeIsReadAsWritten(String text, int first, int last) {
    assertThat(PortRange.parse(text)).isEqualTo(new PortRange(first, last));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", "1-", "-1", "0-5", "5-4", "1-65536", "1-2-3", "1--2", "a-b", "1..2"})
  void whatIsNoRangeIsNamed(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortRange.parse(text))
        .withMessageStartingWith("port range: ");
  }

  @Test
  void bothEndsAreIncluded() {
    PortRange range = new PortRange(5, 7);

    assertThat(range.size()).isEqualTo(3);
    assertThat(range.contains(4)).isFalse();
    assertThat(range.contains(5)).isTrue();
    assertThat(range.contains(7)).isTrue();
    assertThat(range.contains(8)).isFalse();
  }
}
