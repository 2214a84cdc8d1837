package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Data frames without data (as in CVE-2019-9518). */
final class EmptyFrameFloodTest {
  private final Attacker attacker = new Attacker();

  @Test
  void endsTheSession() {
    attacker.open(1);

    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.sendData(0, 1, 0);
    }

    assertThat(attacker.isCutOff()).isTrue();
  }

  @Test
  void emptyFramesBetweenOthersAreBorne() {
    attacker.open(1);

    for (int i = 0; i < 100_000; i++) {
      attacker.sendData(0, 1, i % 2);
      attacker.waitNanos(100_000);
      attacker.read();
    }

    assertThat(attacker.victim.end()).isNull();
  }
}
