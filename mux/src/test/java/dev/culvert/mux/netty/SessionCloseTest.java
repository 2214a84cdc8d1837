package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Frame;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a session takes leave of its peer and of its connection. */
@ExtendWith(LeakCheck.class)
final class SessionCloseTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;

  private final EmbeddedTunnel tunnel = new EmbeddedTunnel();

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  private String sentByClient() {
    tunnel.client.connection.runPendingTasks();
    StringBuilder sent = new StringBuilder();
    for (ByteBuf batch; (batch = tunnel.client.connection.readOutbound()) != null; ) {
      sent.append(ByteBufUtil.hexDump(batch));
      batch.release();
    }
    return sent.toString();
  }

  @Test
  void closeSaysGoAwayAndThenClosesTheConnection() {
    tunnel.client.mux.close("enough");

    assertThat(sentByClient()).isEqualTo("000300000000000000000000");
    assertThat(tunnel.client.connection.isOpen()).isFalse();
    assertThat(tunnel.client.events)
        .containsExactly(new SessionEvent.Ended(new SessionEnd.Closed("enough")));
  }

  @Test
  void closeAgainChangesNothing() {
    tunnel.client.mux.close("enough");
    tunnel.client.mux.close("again");

    assertThat(sentByClient()).isEqualTo("000300000000000000000000");
    assertThat(tunnel.client.end()).isEqualTo(new SessionEnd.Closed("enough"));
  }

  @Test
  void peerHearsOfTheCloseInOrder() {
    tunnel.client.mux.close("enough");
    tunnel.drive();

    assertThat(tunnel.server.events)
        .containsExactly(
            new SessionEvent.PeerGoingAway(),
            new SessionEvent.Ended(new SessionEnd.Closed("the peer closed the connection")));
  }

  @Test
  void garbageIsAnsweredWithGoAwayAndTheConnectionIsClosed() {
    tunnel.client.connection.writeInbound(Wire.garbage());

    assertThat(sentByClient()).isEqualTo("000300000000000000000001");
    assertThat(tunnel.client.connection.isOpen()).isFalse();
    assertThat(tunnel.client.end()).isInstanceOf(SessionEnd.ProtocolViolation.class);
  }

  @Test
  void drainedSessionClosesWhenTheLastStreamHasGone() {
    EmbeddedStream near = tunnel.open();
    EmbeddedStream far = tunnel.accepted();
    tunnel.client.mux.session().drain();
    tunnel.drive();
    assertThat(tunnel.client.end()).isNull();

    near.channel().shutdownOutput();
    far.channel().shutdownOutput();
    tunnel.drive();

    assertThat(tunnel.client.end()).isEqualTo(new SessionEnd.Closed("drained"));
    assertThat(tunnel.client.connection.isOpen()).isFalse();
    assertThat(tunnel.server.end()).isInstanceOf(SessionEnd.Closed.class);
  }

  @Test
  void bytesBeforeTheEndOfADrainedSessionAreNotLostOnASlowConnection() {
    EmbeddedStream near = tunnel.open();
    EmbeddedStream far = tunnel.accepted();
    far.channel().shutdownOutput();
    tunnel.drive();
    tunnel.client.valve.shut();
    near.write(0, 50_000);
    near.channel().shutdownOutput();
    tunnel.client.mux.session().drain();
    tunnel.drive();
    assertThat(tunnel.client.end()).isEqualTo(new SessionEnd.Closed("drained"));

    tunnel.client.openValve();
    tunnel.drive();

    assertThat(far.log().bytes()).isEqualTo(50_000);
    assertThat(far.log().entries).contains(EventLog.END_OF_INPUT);
    assertThat(far.log().failures).isEmpty();
    assertThat(tunnel.client.connection.isOpen()).isFalse();
  }

  @Test
  void goAwayIsNotLostOnASlowConnection() {
    tunnel.client.valve.shut();
    tunnel.client.mux.close("enough");
    tunnel.drive();

    tunnel.client.openValve();
    tunnel.drive();

    assertThat(tunnel.server.events).startsWith(new SessionEvent.PeerGoingAway());
  }

  @Test
  void connectionThatTakesNothingIsClosedAllTheSame() {
    EmbeddedStream near = tunnel.open();
    tunnel.client.valve.shut();
    near.write(0, WINDOW);
    tunnel.drive();
    assertThat(tunnel.client.connection.isWritable()).isFalse();

    tunnel.client.mux.close("enough");
    tunnel.drive();
    tunnel.advance(Duration.ofMinutes(1));

    assertThat(tunnel.client.connection.isOpen()).isFalse();
  }

  @Test
  void nothingIsScheduledOnceTheConnectionIsGone() {
    tunnel.open();

    tunnel.client.mux.close("enough");
    tunnel.drive();

    assertThat(tunnel.client.connection.runScheduledPendingTasks()).isNegative();
    assertThat(tunnel.server.connection.runScheduledPendingTasks()).isNegative();
  }
}
