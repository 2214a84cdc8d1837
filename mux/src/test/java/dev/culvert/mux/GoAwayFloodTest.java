package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Farewells without end. */
final class GoAwayFloodTest {
  private final Attacker attacker = new Attacker();

  @Test
  void endsTheSession() {
    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.send(Frame.GO_AWAY, 0, 0, 0);
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.read()).isEqualTo(Frame.HEADER_BYTES);
  }

  @Test
  void isAnnouncedOnce() {
    for (int i = 0; i < 1000; i++) {
      attacker.send(Frame.GO_AWAY, 0, 0, 0);
    }

    assertThat(attacker.victim.events).containsExactly(new SessionEvent.PeerGoingAway());
    assertThat(attacker.read()).isZero();
  }
}
