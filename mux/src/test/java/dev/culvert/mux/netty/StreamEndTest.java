package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Frame;
import dev.culvert.mux.SessionEnd;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a stream ends, and that no end is taken for another. */
@ExtendWith(LeakCheck.class)
final class StreamEndTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;

  private final EmbeddedTunnel tunnel = new EmbeddedTunnel();
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
    assertThat(tunnel.client.mux.session().openStreams()).isZero();
    assertThat(tunnel.server.mux.session().openStreams()).isZero();
    assertThat(tunnel.client.end()).isNull();
    assertThat(tunnel.server.end()).isNull();
  }

  private static void assertReset(EmbeddedStream stream) {
    assertThat(stream.log().failures).hasExactlyElementsOfTypes(StreamResetException.class);
    assertThat(stream.log().entries).endsWith(EventLog.FAILURE, EventLog.INACTIVE);
    assertThat(stream.channel().isOpen()).isFalse();
  }

  private static void assertSessionEnded(
      EmbeddedStream stream, Class<? extends SessionEnd> expected) {
    assertThat(stream.log().failures).hasExactlyElementsOfTypes(SessionEndedException.class);
    assertThat(((SessionEndedException) stream.log().failures.getFirst()).end())
        .isInstanceOf(expected);
    assertThat(stream.log().ends()).containsExactly(EventLog.FAILURE, EventLog.INACTIVE);
  }

  @Test
  void halfClosedStreamStillReceives() {
    near.channel().shutdownOutput();
    tunnel.drive();
    assertThat(far.channel().isInputShutdown()).isTrue();

    ChannelFuture written = far.write(0, 3 * WINDOW);
    tunnel.drive();

    assertThat(written.isSuccess()).isTrue();
    assertThat(near.log().bytes()).isEqualTo(3 * WINDOW);
    assertThat(near.channel().isOpen()).isTrue();
  }

  @Test
  void finEachWayClosesBothChannelsWithoutAFailure() {
    near.channel().shutdownOutput();
    tunnel.drive();

    far.channel().shutdownOutput();
    tunnel.drive();

    assertThat(near.log().ends())
        .containsExactly(EventLog.END_OF_OUTPUT, EventLog.END_OF_INPUT, EventLog.INACTIVE);
    assertThat(far.log().ends())
        .containsExactly(EventLog.END_OF_INPUT, EventLog.END_OF_OUTPUT, EventLog.INACTIVE);
    assertNoStreamIsLeft();
  }

  @Test
  void finsThatCrossCloseBothChannelsWithoutAFailure() {
    near.channel().shutdownOutput();
    far.channel().shutdownOutput();
    tunnel.runTasks();

    tunnel.drive();

    assertThat(near.log().ends())
        .containsExactly(EventLog.END_OF_OUTPUT, EventLog.END_OF_INPUT, EventLog.INACTIVE);
    assertThat(far.log().ends())
        .containsExactly(EventLog.END_OF_OUTPUT, EventLog.END_OF_INPUT, EventLog.INACTIVE);
    assertNoStreamIsLeft();
  }

  @Test
  void closeOfAnOpenStreamResetsThePeer() {
    near.channel().close();
    tunnel.drive();

    assertReset(far);
    assertThat(near.log().ends()).containsExactly(EventLog.INACTIVE);
    assertNoStreamIsLeft();
  }

  @Test
  void closeBehindOnlyOurFinResetsThePeer() {
    near.channel().shutdownOutput();
    tunnel.drive();

    near.channel().close();
    tunnel.drive();

    assertReset(far);
    assertNoStreamIsLeft();
  }

  @Test
  void closeBehindOnlyThePeersFinResetsThePeer() {
    far.channel().shutdownOutput();
    tunnel.drive();

    near.channel().close();
    tunnel.drive();

    assertReset(far);
    assertNoStreamIsLeft();
  }

  @Test
  void closeWithAFinThatHasNotGoneOutResetsThePeer() {
    far.channel().config().setAutoRead(false);
    near.write(0, 2 * WINDOW);
    ChannelFuture finished = near.channel().shutdownOutput();
    far.channel().shutdownOutput();
    tunnel.drive();

    near.channel().close();
    tunnel.drive();

    assertThat(finished.isSuccess()).isFalse();
    assertReset(far);
    assertThat(far.log().entries).doesNotContain(EventLog.END_OF_INPUT);
    assertNoStreamIsLeft();
  }

  @Test
  void closeAfterBothFinsSendsNothing() {
    near.channel().shutdownOutput();
    far.channel().config().setAutoRead(false);
    near.write(0, 1);
    far.channel().shutdownOutput();
    tunnel.drive();

    near.channel().close();
    far.channel().close();
    tunnel.drive();

    assertThat(near.log().failures).isEmpty();
    assertThat(far.log().failures).isEmpty();
    assertNoStreamIsLeft();
  }

  @Test
  void resetsThatCrossAreHarmless() {
    near.channel().close();
    far.channel().close();
    tunnel.runTasks();

    tunnel.drive();

    assertThat(near.log().ends()).containsExactly(EventLog.INACTIVE);
    assertThat(far.log().ends()).containsExactly(EventLog.INACTIVE);
    assertNoStreamIsLeft();
  }

  @Test
  void resetThatCrossesAFinIsAFailureOfTheFinsSide() {
    near.channel().shutdownOutput();
    far.channel().close();
    tunnel.runTasks();

    tunnel.drive();

    assertThat(near.log().ends())
        .containsExactly(EventLog.END_OF_OUTPUT, EventLog.FAILURE, EventLog.INACTIVE);
    assertThat(far.log().ends()).containsExactly(EventLog.INACTIVE);
    assertNoStreamIsLeft();
  }

  @Test
  void resetIsAFailureAlsoWithUnreadBytesAndAutoReadOff() {
    far.channel().config().setAutoRead(false);
    near.write(0, WINDOW);
    tunnel.drive();

    near.channel().close();
    tunnel.drive();

    assertReset(far);
    assertThat(far.log().entries).doesNotContain(EventLog.END_OF_INPUT);
    assertNoStreamIsLeft();
  }

  @Test
  void resetBeforeTheSynWentOutLeavesNoTrace() {
    tunnel.client.valve.shut();
    near.write(0, WINDOW);
    tunnel.drive();
    EmbeddedStream unknown = tunnel.client.open();
    unknown.write(0, 1);

    unknown.channel().close();
    tunnel.client.openValve();
    tunnel.drive();

    assertThat(tunnel.server.accepted).isEmpty();
    assertThat(tunnel.client.mux.session().openStreams()).isEqualTo(1);
  }

  @Test
  void writeFromWithinTheFailureFails() {
    far.log()
        .on(
            EventLog.FAILURE,
            channel ->
                far.write(0, 1)
                    .addListener(done -> {
                      assertThat(done.cause()).isInstanceOf(IOException.class);
                    }));

    near.channel().close();
    tunnel.drive();

    assertReset(far);
  }

  @Test
  void lostConnectionEndsTheStreamsOfBothEndsAsLost() {
    tunnel.client.connection.close();
    tunnel.server.connection.close();

    assertSessionEnded(near, SessionEnd.TransportLost.class);
    assertSessionEnded(far, SessionEnd.TransportLost.class);
  }

  @Test
  void closedSessionEndsItsStreamsAsClosed() {
    tunnel.client.mux.close("enough");
    tunnel.drive();

    assertSessionEnded(near, SessionEnd.Closed.class);
  }

  @Test
  void violationEndsTheStreamsAsViolated() {
    tunnel.server.connection.writeInbound(Wire.garbage());

    assertSessionEnded(far, SessionEnd.ProtocolViolation.class);
  }

  @Test
  void goAwayWithAnErrorEndsTheStreamsAsClosedByThePeer() {
    tunnel.server.connection.writeInbound(Wire.goAway(2));

    assertSessionEnded(far, SessionEnd.ClosedByPeer.class);
  }

  @Test
  void brokenPipelineEndsTheStreamsAsAnInternalFailure() {
    tunnel.server.connection.pipeline().fireExceptionCaught(new IllegalStateException("broken"));
    tunnel.drive();

    assertSessionEnded(far, SessionEnd.InternalFailure.class);
  }

  @Test
  void inputEndedAndUnreadIsAFailureWhenTheSessionEndsBeforeOurFin() {
    far.channel().config().setAutoRead(false);
    near.write(0, 100);
    near.channel().shutdownOutput();
    tunnel.drive();

    tunnel.server.connection.close();

    assertSessionEnded(far, SessionEnd.TransportLost.class);
  }
}
