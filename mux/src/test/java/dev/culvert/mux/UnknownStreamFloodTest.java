package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames for streams that are not there. */
final class UnknownStreamFloodTest {
  private final Attacker attacker = new Attacker();

  @ParameterizedTest
  @ValueSource(ints = {0, Frame.ACK, Frame.FIN, Frame.RST})
  void endsTheSessionAndIsNotAnswered(int flags) {
    int answered = 0;
    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.send(Frame.WINDOW_UPDATE, flags, 2L * i + 1, 1);
      answered += attacker.isCutOff() ? 0 : attacker.read();
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(answered).isZero();
    assertThat(attacker.victim.session.openStreams()).isZero();
    assertThat(attacker.read()).isEqualTo(Frame.HEADER_BYTES); // the GoAway
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1023})
  void ofDataThatCostsItsSenderLittleEndsTheSessionToo(int payloadBytes) {
    for (int i = 0; i < 100_000 && !attacker.isCutOff(); i++) {
      attacker.sendData(0, 2L * i + 1, payloadBytes);
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.memory.unreadBytes()).isZero();
    assertThat(attacker.read()).isEqualTo(Frame.HEADER_BYTES); // the GoAway
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 16_372})
  void whatWasUnderWayForStreamsThatEndedIsDropped(int payloadBytes) {
    for (int i = 0; i < 40_000; i++) {
      attacker.sendData(0, 2L * i + 1, payloadBytes);
    }

    assertThat(attacker.victim.end()).isNull();
    assertThat(attacker.memory.unreadBytes()).isZero();
    assertThat(attacker.read()).isZero();
  }
}
