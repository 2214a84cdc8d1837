package dev.culvert.bench.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuantityTest {
  @Test
  void quantitiesAreReadWithTheirUnits() {
    assertThat(Quantity.duration("50ms")).isEqualTo(Duration.ofMillis(50));
    assertThat(Quantity.duration("0.5s")).isEqualTo(Duration.ofMillis(500));
    assertThat(Quantity.duration("200us")).isEqualTo(Duration.ofNanos(200_000));
    assertThat(Quantity.bitsPerSecond("1.5gbit")).isEqualTo(1_500_000_000);
    assertThat(Quantity.bitsPerSecond("64kbit")).isEqualTo(64_000);
    assertThat(Quantity.bytes("512k")).isEqualTo(524_288);
    assertThat(Quantity.bytes("100")).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ms", "50", "50 ms", "-1ms", "1e3ms", "50mbit"})
  void whatIsNoTimeIsRefusedWithAnExample(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantity.duration(text))
        .withMessage(text + " (expected: a time such as 50ms, 0.5s or 200us)");
  }
}
