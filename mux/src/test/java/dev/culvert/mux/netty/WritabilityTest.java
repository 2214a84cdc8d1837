package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Frame;
import io.netty.channel.WriteBufferWaterMark;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * When a stream is writable: while what waits in it is below its water marks, whatever it waits
 * for, its turn, credit, the connection or its SYN; and never once it has closed.
 */
@ExtendWith(LeakCheck.class)
final class WritabilityTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;
  private static final int LOW = 64 * 1024;
  private static final int HIGH = 128 * 1024;

  private final EmbeddedTunnel tunnel = new EmbeddedTunnel();
  private EmbeddedStream sender = tunnel.client.open();
  private EmbeddedStream receiver = sender;

  @BeforeEach
  void accept() {
    tunnel.drive();
    receiver = tunnel.accepted();
  }

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  private void useUpTheCredit() {
    receiver.channel().config().setAutoRead(false);
    tunnel.drive();
    sender.write(0, WINDOW);
    tunnel.drive();
  }

  @Test
  void followsTheQueueBeforeAnyOfItIsSent() {
    sender.write(0, HIGH - 1000);
    assertThat(sender.channel().isWritable()).isTrue();

    sender.write(HIGH - 1000, 2000);
    assertThat(sender.channel().isWritable()).isFalse();

    tunnel.drive();
    assertThat(sender.channel().isWritable()).isTrue();
    assertThat(sender.log().ends()).containsExactly(EventLog.UNWRITABLE, EventLog.WRITABLE);
  }

  @Test
  void withoutCreditTheQueueTakesUpToItsMarkAndNoMore() {
    useUpTheCredit();
    assertThat(sender.channel().isWritable()).isTrue();
    assertThat(sender.channel().bytesBeforeUnwritable()).isBetween(HIGH - 1000L, HIGH + 1L);

    sender.write(WINDOW, HIGH + 1);
    tunnel.drive();

    assertThat(sender.channel().isWritable()).isFalse();
    assertThat(sender.channel().bytesBeforeUnwritable()).isZero();
  }

  @Test
  void returnsOnceTheQueueIsBelowItsLowerMark() {
    useUpTheCredit();
    sender.write(WINDOW, HIGH + WINDOW / 2); // half of a window comes back at a time
    tunnel.drive();
    receiver.channel().creditMode(CreditMode.ON_CONSUMED);
    receiver.channel().config().setAutoRead(true);
    tunnel.drive();
    assertThat(sender.channel().isWritable()).isFalse();

    receiver.channel().consumed(WINDOW / 2);
    tunnel.drive();
    assertThat(sender.channel().isWritable()).isFalse(); // what is left is the upper mark
    receiver.channel().consumed(WINDOW / 2);
    tunnel.drive();

    assertThat(sender.channel().isWritable()).isTrue();
    assertThat(sender.channel().bytesBeforeUnwritable()).isGreaterThan(LOW);
  }

  @Test
  void fallsForAStreamThatWaitsForItsSyn() {
    tunnel.client.valve.shut();
    for (int i = 0; i < 256; i++) {
      tunnel.client.open();
    }
    EmbeddedStream waiting = tunnel.client.open();
    waiting.write(0, HIGH + 1);
    tunnel.drive();
    assertThat(waiting.channel().isWritable()).isFalse();

    tunnel.client.openValve();
    tunnel.drive();

    assertThat(waiting.channel().isWritable()).isTrue();
    assertThat(tunnel.server.accepted.getLast().log().bytes()).isEqualTo(HIGH + 1);
  }

  @Test
  void fallsForEveryStreamThatWritesWhileTheConnectionTakesNothing() {
    EmbeddedStream other = tunnel.open();
    tunnel.client.valve.shut();
    for (int i = 0; i < 4; i++) {
      sender.write(i * (long) HIGH, HIGH);
      other.write(i * (long) HIGH, HIGH);
      tunnel.drive();
    }
    assertThat(sender.channel().isWritable()).isFalse();
    assertThat(other.channel().isWritable()).isFalse();

    tunnel.client.openValve();
    tunnel.drive();

    assertThat(sender.channel().isWritable()).isTrue();
    assertThat(other.channel().isWritable()).isTrue();
    assertThat(receiver.log().bytes()).isEqualTo(4 * HIGH);
  }

  @Test
  void ofOtherStreamsIsLeftAloneByOneThatHasNoCredit() {
    useUpTheCredit();
    sender.write(WINDOW, HIGH + 1);
    tunnel.drive();
    EmbeddedStream other = tunnel.open();

    other.write(0, HIGH - 1);
    tunnel.drive();

    assertThat(sender.channel().isWritable()).isFalse();
    assertThat(other.channel().isWritable()).isTrue();
    assertThat(other.channel().bytesBeforeUnwritable()).isGreaterThan(HIGH - 1000L);
  }

  @Test
  void marksAreThoseOfTheConfiguration() {
    sender.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(100, 1000));

    sender.write(0, 2000);

    assertThat(sender.channel().isWritable()).isFalse();
    tunnel.drive();
    assertThat(sender.channel().isWritable()).isTrue();
  }

  @Test
  void endsWithTheStreamAndWithTheSession() {
    EmbeddedStream other = tunnel.open();
    receiver.channel().close();
    tunnel.drive();
    assertThat(sender.channel().isWritable()).isFalse();
    assertThat(other.channel().isWritable()).isTrue();

    tunnel.client.mux.close("enough");

    assertThat(other.channel().isWritable()).isFalse();
  }
}
