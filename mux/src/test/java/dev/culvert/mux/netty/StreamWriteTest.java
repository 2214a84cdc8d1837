package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.util.IllegalReferenceCountException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a stream does with what is written to it. */
@ExtendWith(LeakCheck.class)
final class StreamWriteTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;
  private static final int QUEUE = 200_000; // more than a stream's high water mark

  private final EmbeddedTunnel tunnel = new EmbeddedTunnel();
  private EmbeddedStream sender = tunnel.client.open();
  private EmbeddedStream receiver = sender;

  @BeforeEach
  void accept() {
    tunnel.drive();
    receiver = tunnel.accepted();
    receiver.channel().config().setAutoRead(false);
    tunnel.drive();
  }

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  private void readAll() {
    receiver.channel().config().setAutoRead(true);
    tunnel.drive();
  }

  @Test
  void writabilityFallsWithoutCreditAndReturnsWithIt() {
    ChannelFuture last = sender.write(0, WINDOW + QUEUE);
    tunnel.drive();
    assertThat(sender.channel().isWritable()).isFalse();
    assertThat(last).isNotDone();

    readAll();

    assertThat(sender.channel().isWritable()).isTrue();
    assertThat(sender.log().ends()).endsWith(EventLog.UNWRITABLE, EventLog.WRITABLE);
    assertThat(last.isSuccess()).isTrue();
    assertThat(receiver.log().bytes()).isEqualTo(WINDOW + QUEUE);
  }

  @Test
  void writabilityFallsWhenTheConnectionTakesNoMore() {
    tunnel.client.valve.shut();
    sender.write(0, QUEUE);
    tunnel.drive();
    sender.write(QUEUE, QUEUE);
    tunnel.drive();
    assertThat(sender.channel().isWritable()).isFalse();

    tunnel.client.openValve();
    readAll();

    assertThat(sender.channel().isWritable()).isTrue();
    assertThat(receiver.log().bytes()).isEqualTo(2 * QUEUE);
  }

  @Test
  void writesCompleteOnceAndInOrder() {
    List<Integer> completed = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      sender.write(i * 5000L, 5000).addListener(done -> completed.add(number));
    }

    readAll();

    assertThat(completed).hasSize(100).isSorted().doesNotHaveDuplicates();
    assertThat(receiver.log().bytes()).isEqualTo(100 * 5000);
  }

  @Test
  void writeCompletesWithItsLastByteAndNotBefore() {
    ChannelFuture within = sender.write(0, WINDOW);
    ChannelFuture beyond = sender.write(WINDOW, 1);

    tunnel.drive();

    assertThat(within.isSuccess()).isTrue();
    assertThat(beyond).isNotDone();
  }

  @Test
  void waitingWritesFailOnceWhenThePeerResets() {
    List<Throwable> failures = new ArrayList<>();
    sender.write(0, WINDOW);
    for (int i = 0; i < 10; i++) {
      sender.write(WINDOW + i, 1).addListener(done -> failures.add(done.cause()));
    }
    tunnel.drive();
    assertThat(failures).isEmpty();

    receiver.channel().close();
    tunnel.drive();

    assertThat(failures).hasSize(10).allMatch(ClosedChannelException.class::isInstance);
  }

  @Test
  void waitingWritesFailOnceWhenTheSessionEnds() {
    List<Throwable> failures = new ArrayList<>();
    sender.write(0, WINDOW);
    sender.write(WINDOW, 1).addListener(done -> failures.add(done.cause()));
    tunnel.drive();

    tunnel.client.connection.close();

    assertThat(failures).hasSize(1).allMatch(ClosedChannelException.class::isInstance);
  }

  @Test
  void shutdownOutputWaitsForPendingWrites() {
    sender.write(0, WINDOW + QUEUE);
    ChannelFuture finished = sender.channel().shutdownOutput();
    tunnel.drive();
    assertThat(finished).isNotDone();
    assertThat(receiver.log().entries).doesNotContain(EventLog.END_OF_INPUT);

    readAll();

    assertThat(finished.isSuccess()).isTrue();
    assertThat(receiver.log().bytes()).isEqualTo(WINDOW + QUEUE);
    assertThat(receiver.log().entries)
        .endsWith(EventLog.READ, EventLog.READ_COMPLETE, EventLog.END_OF_INPUT);
  }

  @Test
  void shutdownOutputSendsWhatWasNotFlushed() {
    sender.channel().write(ByteSequence.slice(0, 100));

    sender.channel().shutdownOutput();
    readAll();

    assertThat(receiver.log().bytes()).isEqualTo(100);
    assertThat(receiver.log().ends()).containsExactly(EventLog.END_OF_INPUT);
  }

  @Test
  void writeAfterShutdownOutputFailsAndThoseBeforeDoNot() {
    ChannelFuture before = sender.write(0, WINDOW + 1);
    sender.channel().shutdownOutput();

    ChannelFuture after = sender.write(WINDOW + 1, 1);
    readAll();

    assertThat(before.isSuccess()).isTrue();
    assertThat(after.cause()).isInstanceOf(ChannelOutputShutdownException.class);
    assertThat(receiver.log().bytes()).isEqualTo(WINDOW + 1);
  }

  @Test
  void shutdownOutputAgainHasTheOutcomeOfTheFirst() {
    sender.write(0, WINDOW + 1);
    ChannelFuture first = sender.channel().shutdownOutput();
    ChannelFuture second = sender.channel().shutdownOutput();
    tunnel.drive();
    assertThat(second).isNotDone();

    readAll();
    ChannelFuture third = sender.channel().shutdownOutput();

    assertThat(List.of(first, second, third)).allMatch(ChannelFuture::isSuccess);
  }

  @Test
  void shutdownOutputFailsWhenThePeerResets() {
    sender.write(0, WINDOW + 1);
    ChannelFuture first = sender.channel().shutdownOutput();
    ChannelFuture second = sender.channel().shutdownOutput();
    tunnel.drive();

    receiver.channel().close();
    tunnel.drive();

    assertThat(List.of(first, second, sender.channel().shutdownOutput()))
        .allMatch(done -> done.cause() instanceof ClosedChannelException);
  }

  @Test
  void emptyWritesCompleteInTheirPlace() {
    List<Integer> completed = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int number = i;
      ByteBuf message = i % 2 == 0 ? Unpooled.EMPTY_BUFFER : ByteSequence.slice(i / 2, 1);
      sender.channel().writeAndFlush(message).addListener(done -> completed.add(number));
    }

    readAll();

    assertThat(completed).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(receiver.log().bytes()).isEqualTo(3);
  }

  @Test
  void cancelledWriteIsNotSentAndNotMissed() {
    ChannelFuture cancelled = sender.channel().write(Unpooled.directBuffer().writeInt(1));
    cancelled.cancel(false);

    ChannelFuture next = sender.write(0, 10);
    readAll();

    assertThat(next.isSuccess()).isTrue();
    assertThat(receiver.log().bytes()).isEqualTo(10);
  }

  @Test
  void anythingButBytesIsRefused() {
    ChannelFuture write = sender.channel().writeAndFlush("text");

    assertThat(write.cause()).isInstanceOf(UnsupportedOperationException.class);
    assertThat(sender.channel().isOpen()).isTrue();
  }

  @Test
  void writesFromWithinTheListenersOfWritesArriveInOrder() {
    continueWriting(0);

    readAll();

    assertThat(receiver.log().bytes()).isEqualTo(1_000_000);
  }

  private void continueWriting(int position) {
    if (position < 1_000_000) {
      sender.write(position, 10_000).addListener(done -> continueWriting(position + 10_000));
    }
  }

  @Test
  void streamClosedFromWithinAWritesListenerResetsThePeer() {
    sender.write(0, 10_000).addListener(done -> sender.channel().close());
    ChannelFuture later = sender.write(10_000, 10_000);

    readAll();

    assertThat(later.cause()).isInstanceOf(ClosedChannelException.class);
    assertThat(receiver.log().failures).hasExactlyElementsOfTypes(StreamResetException.class);
    assertThat(tunnel.client.end()).isNull();
  }

  @Test
  void sessionClosedFromWithinAWritesListenerEndsIt() {
    sender.write(0, 10_000).addListener(done -> tunnel.client.mux.close("enough"));
    sender.write(10_000, 10_000);

    readAll();

    assertThat(sender.channel().isOpen()).isFalse();
    assertThat(tunnel.client.connection.isOpen()).isFalse();
    assertThat(tunnel.client.end()).isNotNull();
  }

  @Test
  void bufferThatWasReleasedTooEarlyEndsItsStreamAlone() {
    EmbeddedStream other = tunnel.client.open();
    ByteBuf bytes = Unpooled.copyLong(1);
    ChannelFuture first = sender.channel().write(Unpooled.copyLong(0));
    ChannelFuture written = sender.channel().writeAndFlush(bytes);
    bytes.release();
    ChannelFuture others = other.write(0, 100);
    tunnel.drive();

    assertThat(tunnel.client.end()).isNull();
    assertThat(first.isSuccess()).isTrue();
    assertThat(written.cause()).isInstanceOf(IllegalReferenceCountException.class);
    assertThat(sender.channel().isOpen()).isFalse();
    assertThat(receiver.channel().isOpen()).isFalse();
    assertThat(others.isSuccess()).isTrue();
  }

  @Test
  void outputIsShutDownWithAVoidPromiseToo() {
    sender.channel().shutdownOutput(sender.channel().voidPromise());
    ChannelFuture again = sender.channel().shutdownOutput();
    tunnel.drive();

    assertThat(again.isSuccess()).isTrue();
    assertThat(sender.log().failures).isEmpty();
  }
}
