package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.visitor.Patience;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class Http2PatienceTest {
  private static final int LOOKS = 6; // a minute
  private static final int BYTES = 1000;

  private final Http2Patience patience = new Http2Patience(Patience.STANDARD);
  private final EmbeddedChannel stream = new EmbeddedChannel();

  @AfterEach
  void close() {
    stream.finishAndReleaseAll();
  }

  private void look(int times, boolean owesRequest) {
    for (int i = 0; i < times; i++) {
      patience.look(stream, owesRequest);
    }
  }

  private void write() {
    stream.write(Unpooled.wrappedBuffer(new byte[BYTES]));
    patience.written(BYTES);
  }

  @Test
  void requestThatDoesNotGoOnForAMinuteIsOver() {
    look(LOOKS - 1, true);
    assertThat(patience.isSendingOver()).isFalse();

    look(1, true);
    assertThat(patience.isSendingOver()).isTrue();
    assertThat(patience.isTakingOver()).isFalse();
  }

  @Test
  void eachByteOfARequestGivesAnotherMinute() {
    look(LOOKS - 1, true);
    patience.received(1);
    look(LOOKS, true);

    assertThat(patience.isSendingOver()).isFalse();
  }

  @Test
  void requestBelowTheRateThatIsAskedForIsOverSooner() {
    Http2Patience demanding = new Http2Patience(new Patience(Duration.ZERO, 100));

    for (int i = 0; i < 10; i++) {
      demanding.received(1000);
      demanding.look(stream, true);
      assertThat(demanding.isSendingOver()).isFalse();
    }
    for (int i = 0; i < 2; i++) {
      assertThat(demanding.isSendingOver()).isFalse();
      demanding.received(999);
      demanding.look(stream, true);
    }
    assertThat(demanding.isSendingOver()).isTrue();
  }

  @Test
  void timeDoesNotCountWhileTheServiceThinks() {
    look(LOOKS - 1, true);
    look(1, false);
    look(LOOKS - 1, true);

    assertThat(patience.isSendingOver()).isFalse();
  }

  @Test
  void responseThatIsNotTakenForAMinuteIsOver() {
    write();
    look(LOOKS, false);
    assertThat(patience.isTakingOver()).isFalse();

    look(1, false);
    assertThat(patience.isTakingOver()).isTrue();
    assertThat(patience.isSendingOver()).isFalse();
  }

  @Test
  void whatIsTakenGivesAnotherMinute() {
    write();
    look(LOOKS, false);
    stream.flush();
    write();
    look(LOOKS, false);

    assertThat(patience.isTakingOver()).isFalse();
  }

  @Test
  void visitorWithNothingToTakeIsNeverOver() {
    write();
    stream.flush();
    look(10 * LOOKS, false);

    assertThat(patience.isTakingOver()).isFalse();
  }
}
