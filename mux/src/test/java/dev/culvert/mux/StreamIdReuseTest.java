package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Ids that are in use, belong to the other side, or were used before; and more than there may be.
 */
final class StreamIdReuseTest {
  private final Attacker attacker = new Attacker();

  @Test
  void openingALiveStreamAgainEndsTheSession() {
    attacker.open(1);

    attacker.open(1);

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.victim.session.openStreams()).isZero();
  }

  @Test
  void openingWithAnIdOfOursEndsTheSession() {
    attacker.open(2);

    assertThat(attacker.isCutOff()).isTrue();
  }

  @Test
  void idsMayComeInAnyOrder() {
    attacker.open(0xFFFF_FFFFL);
    attacker.open(5);
    attacker.open(1);

    assertThat(attacker.victim.session.openStreams()).isEqualTo(3);
  }

  /** Since ids come in any order, one that was used before cannot be told from a late one. */
  @Test
  void idOfAStreamThatHasEndedOpensAnother() {
    attacker.open(1);
    attacker.sendData(0, 1, 100);
    attacker.send(Frame.WINDOW_UPDATE, Frame.RST, 1, 0);

    attacker.sendData(Frame.SYN, 1, Frame.INITIAL_WINDOW_BYTES); // with a window of its own

    assertThat(attacker.victim.end()).isNull();
    assertThat(attacker.victim.session.openStreams()).isEqualTo(1);
  }

  @Test
  void idThatIsUsedAgainAndAgainEndsTheSession() {
    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.open(1);
      attacker.send(Frame.WINDOW_UPDATE, Frame.RST, 1, 0);
      attacker.read();
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.victim.session.openStreams()).isZero();
    assertThat(attacker.memory.unreadBytes()).isZero();
  }

  @Test
  void streamsBeyondTheLimitAreResetAndTheRestLives() {
    for (long id = 1; id <= 2 * 1024 + 199; id += 2) {
      attacker.open(id);
    }

    assertThat(attacker.victim.session.openStreams()).isEqualTo(1024);
    assertThat(attacker.victim.end()).isNull();
    assertThat(attacker.read()).isEqualTo((1024 + 100) * Frame.HEADER_BYTES);
  }
}
