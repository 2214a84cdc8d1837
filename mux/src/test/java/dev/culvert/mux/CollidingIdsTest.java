package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A peer chooses its ids, but not so that finding its streams takes long. */
final class CollidingIdsTest {
  private static final int STREAMS = 8192;
  private static final int ROUNDS = 8;

  /** The least time, in nanoseconds, for a round of credit on all of the streams. */
  private static long leastNanos(long step) {
    Attacker attacker = new Attacker(SessionConfig.STANDARD.withMaxStreams(STREAMS, STREAMS));
    for (int i = 0; i < STREAMS; i++) {
      attacker.open(1 + i * step);
    }
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < STREAMS; i++) {
        attacker.send(Frame.WINDOW_UPDATE, 0, 1 + i * step, 1);
      }
      least = Math.min(least, System.nanoTime() - start);
    }
    assertThat(attacker.victim.session.openStreams()).isEqualTo(STREAMS);
    return least;
  }

  @Test
  void idsOfOneRemainderAreFoundAsSoonAsOthers() {
    long usual = leastNanos(2);
    long chosen = leastNanos(1 << 18);

    assertThat(chosen).isLessThan(8 * usual);
  }
}
