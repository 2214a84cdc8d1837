package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Pings beyond all need (as in CVE-2019-9512), from a peer that reads the answers or does not. */
final class PingFloodTest {
  private final Attacker attacker = new Attacker();

  @Test
  void unreadAnswersAreThirtyTwoAtMost() {
    for (int i = 0; i < 10_000; i++) {
      attacker.send(Frame.PING, Frame.SYN, 0, i);
    }

    assertThat(attacker.read()).isEqualTo(32 * Frame.HEADER_BYTES);
    assertThat(attacker.victim.end()).isNull();
  }

  @Test
  void endsTheSessionEvenIfItsAnswersAreRead() {
    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.send(Frame.PING, Frame.SYN, 0, i);
      assertThat(attacker.read()).isEqualTo(Frame.HEADER_BYTES);
    }

    assertThat(attacker.isCutOff()).isTrue();
  }

  @Test
  void strayAnswersEndTheSessionToo() {
    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.send(Frame.PING, Frame.ACK, 0, 77);
    }

    assertThat(attacker.isCutOff()).isTrue();
  }
}
