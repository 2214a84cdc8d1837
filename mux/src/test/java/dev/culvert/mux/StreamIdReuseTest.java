package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Ids that are in use, belong to the other side, or ran out. */
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
