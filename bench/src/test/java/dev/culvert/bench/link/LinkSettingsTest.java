package dev.culvert.bench.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LinkSettingsTest {
  @Test
  void queueHoldsWhatTheLinkCarriesWithinARoundTrip() {
    LinkSettings settings = LinkSettings.of(Duration.ofMillis(25), 100_000_000);

    assertThat(settings.queueBytes()).isEqualTo(625_000);
  }

  @Test
  void queueOfAShortLinkHolds64KiB() {
    LinkSettings settings = LinkSettings.of(Duration.ZERO, 100_000_000);

    assertThat(settings.queueBytes()).isEqualTo(65_536);
  }

  @Test
  void whatNoLinkCanBeIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkSettings.of(Duration.ofMillis(-1), 100_000_000))
        .withMessageContaining("delay");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkSettings.of(Duration.ZERO, 0))
        .withMessageContaining("bitsPerSecond: 0 (expected: 8 kbit/s to 10 Gbit/s)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkSettings.of(Duration.ZERO, 8000).withQueue(0))
        .withMessageContaining("queueBytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkSettings.of(Duration.ZERO, 8000).withJitter(Duration.ofMinutes(2), 0))
        .withMessageContaining("jitter");
  }
}
