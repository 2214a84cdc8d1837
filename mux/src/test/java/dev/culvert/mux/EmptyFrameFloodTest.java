package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames without data or credit (as in CVE-2019-9518), whatever flags they carry. */
final class EmptyFrameFloodTest {
  private final Attacker attacker = new Attacker();

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 2", "0, 4", "0, 0xfff0", "1, 0", "1, 2", "1, 4", "1, 0xfff6"})
  void endsTheSession(int type, String flags) {
    attacker.open(1);

    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.send(type, Integer.decode(flags), 1, 0);
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.memory.unreadBytes()).isZero();
    assertThat(attacker.read()).isEqualTo(Frame.HEADER_BYTES); // the GoAway
  }

  @Test
  void openAndFinishOfEveryStreamIsNoFlood() {
    for (long id = 1; id < 200_000; id += 2) {
      attacker.open(id);
      attacker.send(Frame.WINDOW_UPDATE, Frame.FIN, id, 0);
      attacker.victim.session.streams().getFirst().finish();
      attacker.read();
    }

    assertThat(attacker.victim.end()).isNull();
    assertThat(attacker.victim.session.openStreams()).isZero();
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
