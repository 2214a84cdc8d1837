package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Credit of nothing, and credit without end. */
final class WindowUpdateFloodTest {
  private final Attacker attacker = new Attacker();

  @Test
  void emptyCreditsEndTheSession() {
    attacker.open(1);

    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.send(Frame.WINDOW_UPDATE, 0, 1, 0);
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.read()).isEqualTo(Frame.HEADER_BYTES); // the GoAway
  }

  @Test
  void creditInSingleBytesIsCreditUpToThirtyTwoBits() {
    attacker.open(1);
    for (int i = 0; i < 100_000; i++) {
      attacker.send(Frame.WINDOW_UPDATE, 0, 1, 1);
    }
    assertThat(attacker.victim.end()).isNull();

    attacker.send(Frame.WINDOW_UPDATE, 0, 1, 0xFFFF_FFFFL - Frame.INITIAL_WINDOW_BYTES - 100_000);
    assertThat(attacker.victim.end()).isNull();
    attacker.send(Frame.WINDOW_UPDATE, 0, 1, 1);

    assertThat(attacker.isCutOff()).isTrue();
  }
}
