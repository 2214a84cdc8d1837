package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Frame;
import dev.culvert.mux.SessionConfig;
import io.netty.channel.Channel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a stream fires, when, and when it lets the peer go on. */
@ExtendWith(LeakCheck.class)
final class StreamReadTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;
  private static final int BURST = 64 * 1024;
  private static final int FRAME = SessionConfig.STANDARD.maxPayloadBytes();

  private final EmbeddedTunnel tunnel = new EmbeddedTunnel();
  private EmbeddedStream sender = tunnel.client.open();
  private EmbeddedStream receiver = sender;

  @BeforeEach
  void accept() {
    tunnel.drive();
    receiver = tunnel.accepted();
    receiver.log().entries.clear();
  }

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  private void read(EmbeddedStream stream) {
    stream.channel().read();
    tunnel.drive();
  }

  /** Turns auto-read off and uses up the read that was pending. */
  private void readOnlyWhenAsked() {
    receiver.channel().config().setAutoRead(false);
  }

  @Test
  void withAutoReadEverythingComesInOneCycleWithOneReadComplete() {
    sender.write(0, 60_000);

    tunnel.drive();

    assertThat(receiver.log().bytes()).isEqualTo(60_000);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);
  }

  @Test
  void readCompleteGoesOnlyToTheStreamsThatWereRead() {
    EmbeddedStream other = tunnel.open();
    EmbeddedStream otherReceiver = tunnel.accepted();
    EmbeddedStream idle = tunnel.open();
    otherReceiver.log().entries.clear();

    sender.write(0, 100);
    other.write(0, 100);
    tunnel.drive();

    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);
    assertThat(otherReceiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);
    assertThat(idle.log().entries).containsExactly(EventLog.ACTIVE);
    assertThat(tunnel.accepted().log().entries).containsExactly(EventLog.ACTIVE);
  }

  @Test
  void withoutAReadNothingComesAndThePeerStopsAtTheWindow() {
    readOnlyWhenAsked();

    sender.write(0, 4 * WINDOW);
    tunnel.drive();

    assertThat(receiver.log().entries).isEmpty();
    assertThat(tunnel.server.mux.session().streams().getFirst().unconsumedBytes())
        .isEqualTo(WINDOW);
  }

  @Test
  void oneReadGivesOneBurst() {
    readOnlyWhenAsked();
    sender.write(0, WINDOW);
    tunnel.drive();

    read(receiver);

    assertThat(receiver.log().bytes()).isBetween((long) BURST, (long) BURST + FRAME);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);
  }

  @Test
  void oneReadBeforeAnythingHasComeGivesOneBurstToo() {
    readOnlyWhenAsked();
    receiver.channel().read();

    sender.write(0, WINDOW);
    tunnel.drive();

    assertThat(receiver.log().bytes()).isBetween((long) BURST, (long) BURST + FRAME);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);
  }

  @Test
  void readAfterReadGivesEverything() {
    readOnlyWhenAsked();
    sender.write(0, 4 * WINDOW);
    tunnel.drive();

    for (int i = 0; i < 100 && receiver.log().bytes() < 4 * WINDOW; i++) {
      read(receiver);
    }

    assertThat(receiver.log().bytes()).isEqualTo(4 * WINDOW);
  }

  @Test
  void readFromWithinReadCompleteGoesOnAndOneCycleAtATime() {
    readOnlyWhenAsked();
    sender.write(0, WINDOW);
    tunnel.drive();
    receiver.log().on(EventLog.READ_COMPLETE, Channel::read);

    read(receiver);

    assertThat(receiver.log().bytes()).isEqualTo(WINDOW);
    assertThat(receiver.log().entries).filteredOn(EventLog.READ_COMPLETE::equals).hasSize(4);
  }

  @Test
  void readFromWithinReadNeedsNoStack() {
    readOnlyWhenAsked();
    tunnel.server.connection.writeInbound(Wire.dataByteByByte(1, 100_000));
    receiver.log().on(EventLog.READ, Channel::read);

    read(receiver);

    assertThat(receiver.log().bytes()).isEqualTo(100_000);
  }

  @Test
  void readAskedForByAnotherStreamsHandlerInTheSameCycleIsServed() {
    readOnlyWhenAsked();
    receiver.channel().read();
    EmbeddedStream other = tunnel.open();
    tunnel.accepted().log().on(EventLog.READ, channel -> receiver.channel().read());

    sender.write(0, 2 * BURST);
    tunnel.client.connection.runPendingTasks();
    other.write(0, 1); // comes when the burst is over and bytes are left
    tunnel.drive();

    assertThat(receiver.log().bytes()).isEqualTo(2 * BURST);
  }

  @Test
  void autoReadTurnedOffFromWithinReadStopsAfterThatRead() {
    receiver.log().on(EventLog.READ, channel -> channel.config().setAutoRead(false));

    sender.write(0, 4 * FRAME);
    tunnel.drive();

    assertThat(receiver.log().bytes()).isLessThanOrEqualTo(FRAME);
  }

  @Test
  void autoReadTurnedOffAndOnFromWithinReadLosesNothing() {
    receiver
        .log()
        .on(
            EventLog.READ,
            channel -> {
              channel.config().setAutoRead(false);
              channel.config().setAutoRead(true);
            });

    sender.write(0, 4 * WINDOW);
    tunnel.drive();

    assertThat(receiver.log().bytes()).isEqualTo(4 * WINDOW);
  }

  @Test
  void endOfInputComesBehindTheLastByteThatIsReadLate() {
    readOnlyWhenAsked();
    sender.write(0, 100_000);
    sender.channel().shutdownOutput();
    tunnel.drive();
    assertThat(receiver.log().entries).isEmpty();

    read(receiver);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);

    read(receiver);
    assertThat(receiver.log().bytes()).isEqualTo(100_000);
    assertThat(receiver.log().entries)
        .containsExactly(
            EventLog.READ,
            EventLog.READ_COMPLETE,
            EventLog.READ,
            EventLog.READ_COMPLETE,
            EventLog.END_OF_INPUT);
  }

  @Test
  void endOfInputThatComesWithTheLastBytesEndsTheirCycle() {
    sender.write(0, 100);
    sender.channel().shutdownOutput();

    tunnel.drive();

    assertThat(receiver.log().entries)
        .containsExactly(EventLog.READ, EventLog.READ_COMPLETE, EventLog.END_OF_INPUT);
  }

  @Test
  void endOfInputNeedsNoReadWhenNothingWaits() {
    readOnlyWhenAsked();

    sender.channel().shutdownOutput();
    tunnel.drive();

    assertThat(receiver.log().entries).containsExactly(EventLog.END_OF_INPUT);
    assertThat(receiver.channel().isInputShutdown()).isTrue();
  }

  @Test
  void whatWaitsCanBeReadAfterBothEndsAndAfterTheConnection() {
    readOnlyWhenAsked();
    receiver.channel().shutdownOutput();
    sender.write(0, WINDOW);
    sender.channel().shutdownOutput();
    tunnel.drive();
    tunnel.server.connection.close();

    for (int i = 0; i < 4; i++) {
      receiver.channel().read();
      tunnel.server.connection.runPendingTasks();
    }

    assertThat(receiver.log().bytes()).isEqualTo(WINDOW);
    assertThat(receiver.log().ends())
        .containsExactly(EventLog.END_OF_OUTPUT, EventLog.END_OF_INPUT, EventLog.INACTIVE);
  }

  @Test
  void creditComesWithReadingAndIsSentOutsideOfAReadCycle() {
    readOnlyWhenAsked();
    sender.write(0, 2 * WINDOW);
    tunnel.drive();

    receiver.channel().config().setAutoRead(true);
    tunnel.drive();

    assertThat(receiver.log().bytes()).isEqualTo(2 * WINDOW);
  }

  @Test
  void underOnConsumedCreditComesWithConsumedAlone() {
    receiver.channel().creditMode(CreditMode.ON_CONSUMED);
    sender.write(0, 2 * WINDOW);
    tunnel.drive();
    assertThat(receiver.log().bytes()).isEqualTo(WINDOW);

    receiver.channel().consumed(WINDOW / 2 - 1);
    tunnel.drive();
    assertThat(receiver.log().bytes()).isEqualTo(WINDOW);

    receiver.channel().consumed(1);
    tunnel.drive();
    assertThat(receiver.log().bytes()).isEqualTo(WINDOW * 3 / 2);
  }

  @Test
  void whatWasCreditedBeforeTheModeChangedIsNotCreditedAgain() {
    sender.write(0, 1000);
    tunnel.drive();
    receiver.channel().creditMode(CreditMode.ON_CONSUMED);
    sender.write(1000, 2 * WINDOW);
    tunnel.drive();
    assertThat(receiver.log().bytes()).isBetween((long) WINDOW, WINDOW + 1000L);

    receiver.channel().consumed(WINDOW);
    tunnel.drive();
    receiver.channel().consumed(WINDOW);
    tunnel.drive();

    assertThat(receiver.log().bytes()).isEqualTo(2 * WINDOW + 1000);
    assertThat(tunnel.server.end()).isNull();
  }

  @Test
  void unreadBytesAreReleasedWhenTheStreamIsClosed() {
    readOnlyWhenAsked();
    sender.write(0, WINDOW);
    tunnel.drive();

    receiver.channel().close();
    tunnel.drive();

    assertThat(receiver.log().ends()).containsExactly(EventLog.INACTIVE);
    assertThat(sender.log().failures).hasExactlyElementsOfTypes(StreamResetException.class);
  }

  @Test
  void streamClosedFromWithinReadReadsNoMore() {
    receiver.log().on(EventLog.READ, Channel::close);

    sender.write(0, WINDOW);
    tunnel.drive();

    assertThat(receiver.log().bytes()).isLessThanOrEqualTo(FRAME);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.INACTIVE);
  }
}
