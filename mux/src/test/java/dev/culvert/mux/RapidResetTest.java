package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A peer that opens streams and takes them back at once (as in CVE-2023-44487). */
final class RapidResetTest {
  private final Attacker attacker = new Attacker();

  private void openAndReset(long streamId) {
    attacker.open(streamId);
    attacker.send(Frame.WINDOW_UPDATE, Frame.RST, streamId, 0);
  }

  @Test
  void endsTheSession() {
    for (long id = 1; id < 200_000 && !attacker.isCutOff(); id += 2) {
      openAndReset(id);
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.victim.session.openStreams()).isZero();
    assertThat(attacker.read()).isEqualTo(Frame.HEADER_BYTES); // the GoAway, and no ACK
  }

  @Test
  void ofAThousandStreamsASecondIsBorne() {
    for (int i = 0; i < 200_000; i++) {
      openAndReset(2L * i + 1);
      attacker.waitNanos(1_000_000);
    }

    assertThat(attacker.victim.end()).isNull();
    assertThat(attacker.victim.session.openStreams()).isZero();
  }

  @Test
  void thatMakesUsResetLeavesNoRoomForMoreUntilItReads() {
    for (long id = 1; id < 4000; id += 2) {
      attacker.open(id);
      attacker.send(Frame.WINDOW_UPDATE, Frame.FIN, id, 0);
      attacker.sendData(0, id, 1); // data after FIN: we reset
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.victim.session.openStreams()).isZero();
    assertThat(attacker.memory.unreadBytes()).isZero();
  }

  /** As in CVE-2025-55163. */
  @Test
  void thatMakesUsResetEndsTheSessionEvenIfItReads() {
    for (long id = 1; id < 200_000 && !attacker.isCutOff(); id += 2) {
      attacker.open(id);
      attacker.send(Frame.WINDOW_UPDATE, Frame.FIN, id, 0);
      attacker.sendData(0, id, 1);
      attacker.read();
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.memory.unreadBytes()).isZero();
  }

  @Test
  void opensBeyondTheLimitEndTheSessionEvenIfItReads() {
    for (long id = 1; id < 200_000 && !attacker.isCutOff(); id += 2) {
      attacker.open(id);
      attacker.read();
    }

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.memory.unreadBytes()).isZero();
  }
}
