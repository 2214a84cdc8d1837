package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Data in single bytes: no more of it may be held than of any other. */
final class TinyFrameFloodTest {
  private final Attacker attacker = new Attacker();

  @Test
  void windowBoundsWhatIsHeld() {
    Bulk owner = new Bulk();
    owner.consumes = false;
    attacker.victim.acceptor =
        stream -> {
          owner.stream = stream;
          return owner;
        };
    attacker.open(1);
    for (int i = 0; i < Frame.INITIAL_WINDOW_BYTES; i++) {
      attacker.sendData(0, 1, 1);
    }
    assertThat(attacker.victim.end()).isNull();
    assertThat(attacker.memory.unreadBytes()).isEqualTo(Frame.INITIAL_WINDOW_BYTES);

    attacker.sendData(0, 1, 1);

    assertThat(attacker.isCutOff()).isTrue();
    assertThat(attacker.memory.unreadBytes()).isZero();
  }

  @Test
  void consumedBytesAreCreditedInHalvesHoweverTheyCame() {
    attacker.open(1);
    attacker.read();

    int credits = 0;
    for (int i = 0; i < Frame.INITIAL_WINDOW_BYTES; i++) {
      attacker.sendData(0, 1, 1);
      credits += attacker.read() / Frame.HEADER_BYTES;
    }

    assertThat(List.of(2, 3)).contains(credits); // two credits, and perhaps a ping
  }
}
