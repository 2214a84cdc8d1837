package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Numbers at the edge of what they may be: data beyond the window (as in CVE-2026-32314), credit
 * beyond 32 bits (as in CVE-2026-31814).
 */
final class OverflowTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;

  private final Attacker attacker = new Attacker();
  private final Bulk owner = new Bulk();

  private void acceptWithoutConsuming() {
    owner.consumes = false;
    attacker.victim.acceptor =
        stream -> {
          owner.stream = stream;
          return owner;
        };
  }

  private void assertNothingIsHeld() {
    assertThat(attacker.memory.unreadBytes()).isZero();
    assertThat(attacker.victim.session.openStreams()).isZero();
    assertThat(attacker.read()).isEqualTo(Frame.HEADER_BYTES); // the GoAway
  }

  @Test
  void openWithAWindowOfDataIsInOrder() {
    acceptWithoutConsuming();

    attacker.sendData(Frame.SYN, 1, WINDOW);

    assertThat(attacker.victim.end()).isNull();
    assertThat(owner.received).isEqualTo(WINDOW);
  }

  @Test
  void openWithAByteMoreEndsTheSessionAndMakesNoStream() {
    acceptWithoutConsuming();

    attacker.sendData(Frame.SYN, 1, WINDOW + 1);

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(owner.stream).isNull();
    assertNothingIsHeld();
  }

  @Test
  void openOfALiveStreamWithDataEndsTheSessionAndHandsOverNone() {
    acceptWithoutConsuming();
    attacker.open(1);

    attacker.sendData(Frame.SYN, 1, 10);

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(owner.received).isZero();
    assertNothingIsHeld();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16_372, WINDOW})
  void windowMayBeUsedUpToItsLastByteInFramesOfAnySize(int frameBytes) {
    acceptWithoutConsuming();
    attacker.open(1);
    for (int sent = 0; sent < WINDOW; sent += frameBytes) {
      attacker.sendData(0, 1, Math.min(frameBytes, WINDOW - sent));
    }
    assertThat(attacker.victim.end()).isNull();
    assertThat(attacker.memory.unreadBytes()).isEqualTo(WINDOW);

    attacker.sendData(0, 1, 1);

    assertThat(attacker.isCutOff()).isTrue();
    assertNothingIsHeld();
  }

  @Test
  void lengthOfFourGigabytesEndsTheSessionAtItsHeader() {
    acceptWithoutConsuming();
    attacker.open(1);

    attacker.send(Frame.DATA, 0, 1, 0xFFFF_FFFFL);

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(owner.received).isZero();
    assertNothingIsHeld();
  }

  /** The largest sum is 2^32 - 1, of which 2^18 are there from the start. */
  @ParameterizedTest
  @CsvSource({
    "0, true",
    "1, true",
    "0x80000000, true",
    "0xFFFBFFFF, true",
    "0xFFFC0000, false",
    "0xFFFFFFFF, false"
  })
  void creditMayFillThirtyTwoBitsAndNotMore(String credit, boolean isInOrder) {
    for (int flag : new int[] {0, Frame.SYN, Frame.ACK}) {
      Attacker fresh = new Attacker();
      if (flag != Frame.SYN) {
        fresh.open(1);
        fresh.read();
      }

      fresh.send(Frame.WINDOW_UPDATE, flag, 1, Long.decode(credit));

      assertThat(fresh.victim.end() == null).as("flag %d", flag).isEqualTo(isInOrder);
      assertThat(fresh.victim.session.openStreams()).isEqualTo(isInOrder ? 1 : 0);
    }
  }

  @Test
  void creditThatIsUsedMakesRoomForMore() {
    attacker.victim.acceptor =
        stream -> {
          owner.stream = stream;
          return owner;
        };
    attacker.open(1);
    attacker.send(Frame.WINDOW_UPDATE, 0, 1, 0xFFFB_FFFFL);
    owner.start();
    attacker.victim.session.pollOutput(Unpooled.buffer(), 64 * 1024, attacker.nowNanos);

    attacker.send(Frame.WINDOW_UPDATE, 0, 1, 3 * 16_372L);
    assertThat(attacker.victim.end()).isNull();
    attacker.send(Frame.WINDOW_UPDATE, 0, 1, 0x10000);

    assertThat(attacker.isCutOff()).isTrue();
  }
}
