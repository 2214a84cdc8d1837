package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Frame;
import dev.culvert.mux.SessionConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is still allowed, and what is not, around and behind the close of a stream. */
@ExtendWith(LeakCheck.class)
final class StreamCloseTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;

  private EmbeddedTunnel tunnel = new EmbeddedTunnel();
  private EmbeddedStream near = tunnel.client.open();
  private EmbeddedStream far = near;

  @BeforeEach
  void accept() {
    tunnel.drive();
    far = tunnel.accepted();
  }

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  private void assertNoStreamIsLeft() {
    tunnel.drive();
    assertThat(tunnel.client.mux.session().openStreams()).isZero();
    assertThat(tunnel.server.mux.session().openStreams()).isZero();
    assertThat(tunnel.client.end()).isNull();
  }

  @Test
  void closeAgainSucceedsAndIsToldOnce() {
    ChannelFuture first = near.channel().close();
    ChannelFuture second = near.channel().close();
    near.channel().unsafe().close(near.channel().voidPromise());
    tunnel.drive();
    ChannelFuture third = near.channel().close();

    assertThat(List.of(first, second, third, near.channel().closeFuture()))
        .allMatch(ChannelFuture::isSuccess);
    assertThat(near.log().ends()).containsExactly(EventLog.INACTIVE);
    assertThat(far.log().failures).hasSize(1);
    assertNoStreamIsLeft();
  }

  @Test
  void closeOfAStreamThatThePeerResetSucceeds() {
    far.channel().close();
    tunnel.drive();

    assertThat(near.channel().close().isSuccess()).isTrue();
    assertThat(near.log().ends()).containsExactly(EventLog.FAILURE, EventLog.INACTIVE);
  }

  @Test
  void promiseThatWasCompletedAlreadyDoesNoHarm() {
    ChannelPromise promise = near.channel().newPromise();
    promise.setSuccess();

    near.channel().shutdownOutput(promise);
    tunnel.drive();

    assertThat(far.channel().isInputShutdown()).isTrue();
    assertThat(near.channel().isOpen()).isTrue();
  }

  @Test
  void writeAfterCloseFailsWithoutThrowing() {
    near.channel().close();

    ChannelFuture write = near.write(0, 10);
    ChannelFuture finish = near.channel().shutdownOutput();
    near.channel().flush();
    near.channel().read();

    assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
    assertThat(finish.cause()).isInstanceOf(ClosedChannelException.class);
    assertThat(near.log().failures).isEmpty();
    assertNoStreamIsLeft();
  }

  @Test
  void closeThenOpenGivesAnotherStream() {
    near.channel().close();
    EmbeddedStream next = tunnel.client.open();
    next.write(0, 10);
    tunnel.drive();

    assertThat(next.channel().isActive()).isTrue();
    assertThat(tunnel.accepted().log().bytes()).isEqualTo(10);
    assertThat(far.log().bytes()).isZero();
  }

  @Test
  void closeDropsWhatHasNotBeenSentAndFailsItOnce() {
    List<Throwable> failures = new ArrayList<>();
    near.channel().write(ByteSequence.slice(0, 10)).addListener(done -> failures.add(done.cause()));
    near.write(10, 10).addListener(done -> failures.add(done.cause()));

    near.channel().close();
    tunnel.drive();

    assertThat(failures).hasSize(2).allMatch(ClosedChannelException.class::isInstance);
    assertThat(far.log().bytes()).isZero();
    assertThat(far.log().failures).hasExactlyElementsOfTypes(StreamResetException.class);
  }

  @Test
  void closeBeforeTheSynIsAcknowledgedResetsThePeer() {
    EmbeddedStream early = tunnel.client.open();
    tunnel.client.connection.runPendingTasks(); // the SYN is on its way

    early.channel().close();
    tunnel.drive();

    assertThat(tunnel.accepted().log().failures)
        .hasExactlyElementsOfTypes(StreamResetException.class);
    assertThat(early.log().failures).isEmpty();
  }

  /**
   * The reader had finished its own side, so that the writer waits for credit with nobody there.
   */
  @Test
  void writerWithoutCreditFailsWhenTheReaderLeaves() {
    far.channel().config().setAutoRead(false);
    far.channel().shutdownOutput();
    ChannelFuture last = near.write(0, 2 * WINDOW);
    tunnel.drive();
    assertThat(last).isNotDone();

    far.channel().close();
    tunnel.drive();

    assertThat(last.cause()).isInstanceOf(ClosedChannelException.class);
    assertThat(near.log().failures).hasExactlyElementsOfTypes(StreamResetException.class);
    assertNoStreamIsLeft();
  }

  /** As TCP does; who wants all of it to be read waits for the other end before leaving. */
  @Test
  void resetBehindTheEndDropsWhatIsUnreadAndIsAFailure() {
    far.channel().config().setAutoRead(false);
    near.write(0, 100);
    near.channel().shutdownOutput();
    tunnel.drive();

    near.channel().close();
    tunnel.drive();
    far.channel().read();
    tunnel.drive();

    assertThat(far.log().bytes()).isZero();
    assertThat(far.log().ends()).containsExactly(EventLog.FAILURE, EventLog.INACTIVE);
    assertNoStreamIsLeft();
  }

  @Test
  void dataThatWasOnItsWayToAClosedStreamIsDropped() {
    near.write(0, 100_000);
    far.channel().close();
    tunnel.runTasks();

    tunnel.drive();

    assertThat(far.log().bytes()).isZero();
    assertNoStreamIsLeft();
  }

  @Test
  void withoutHalfClosureTheEndOfInputClosesTheStream() {
    far.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    near.write(0, 100);
    near.channel().shutdownOutput();
    tunnel.drive();

    assertThat(far.log().bytes()).isEqualTo(100);
    assertThat(far.log().ends()).containsExactly(EventLog.INACTIVE);
    assertThat(near.log().failures).hasExactlyElementsOfTypes(StreamResetException.class);
  }

  @Test
  void windowsOfTwoSizesFitTogether() {
    tunnel.close();
    tunnel =
        new EmbeddedTunnel(
            SessionConfig.STANDARD.withWindow(1 << 20, 1 << 20), SessionConfig.STANDARD);
    EmbeddedStream client = tunnel.open();
    EmbeddedStream server = tunnel.accepted();
    client.channel().config().setAutoRead(false);
    server.channel().config().setAutoRead(false);
    tunnel.drive();

    client.write(0, 3 << 20);
    server.write(0, 3 << 20);
    tunnel.drive();
    assertThat(tunnel.server.mux.session().streams().getFirst().unconsumedBytes())
        .isEqualTo(WINDOW);
    assertThat(tunnel.client.mux.session().streams().getFirst().unconsumedBytes())
        .isEqualTo(1 << 20);

    client.channel().config().setAutoRead(true);
    server.channel().config().setAutoRead(true);
    tunnel.drive();
    assertThat(client.log().bytes()).isEqualTo(3 << 20);
    assertThat(server.log().bytes()).isEqualTo(3 << 20);
  }
}
