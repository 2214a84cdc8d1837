package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.FixedRecvByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A leg under TLS, whose peer ends both directions at once. */
@ParameterizedClass
@MethodSource("dev.culvert.mux.netty.RelaySetup#all")
@ExtendWith(LeakCheck.class)
@Timeout(120)
final class RelayTlsLegTest {
  private static final long LARGE = 64 << 20;
  private static final int SOME = 300_000; // more than a stream's window

  private final RelayGround ground;
  private final PlainPeer visitor;
  private final FakeTls tls;
  private final User left;
  private final JoinedLegs legs;

  RelayTlsLegTest(RelaySetup setup) throws Exception {
    ground = new RelayGround(setup);
    visitor = new PlainPeer(ground, ground.rightLoop);
    // Small reads, so that what waits for credit is little enough for the relay to read on.
    visitor.leg.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(16 * 1024));
    tls = new FakeTls(visitor.leg);
    UsedLeg leg = ground.left();
    left = leg.user();
    legs = new JoinedLegs(leg, new UsedLeg(visitor.leg, left));
    legs.join(RelayLeg.of(leg.channel()), tls.leg());
  }

  @AfterEach
  void disconnect() throws Exception {
    visitor.socket.close();
    ground.close();
  }

  private void visitorSends(int bytes) throws IOException {
    visitor.socket.getOutputStream().write(ByteSequence.bytes(0, bytes));
  }

  @Test
  void visitorThatLeavesEndsTheOtherLegBehindItsLastByte() throws Exception {
    visitorSends(SOME);
    Patience.await(left.received(SOME));

    tls.peerSaysCloseNotify();

    assertThat(Patience.await(left.end)).isEqualTo(SOME);
    left.finish();
    assertThat(Patience.await(legs.end)).isEqualTo(new RelayEnd(0, SOME, null));
    assertThat(legs.ends()).isEqualTo(1);
  }

  @Test
  void whatTheOtherSideStillSendsToAVisitorThatLeftIsDropped() throws Exception {
    var sent = left.send(LARGE);
    visitor.read(SOME);

    tls.peerSaysCloseNotify();

    assertThat(Patience.await(left.end)).isZero();
    Patience.await(sent); // and the visitor reads nothing of it
    left.finish();
    assertThat(Patience.await(legs.end)).isEqualTo(new RelayEnd(LARGE, 0, null));
    assertThat(legs.ends()).isEqualTo(1);
  }

  @Test
  void visitorThatLeavesAndThenResetsHasLeftInOrder() throws Exception {
    left.setAutoRead(AutoRead.OFF);
    visitorSends(SOME);
    Patience.await(tls.read(SOME));
    tls.peerSaysCloseNotify();

    visitor.leg.read(); // the relay may have paused, and who does not read hears of no reset
    visitor.reset();
    Patience.await(tls.failed());
    left.setAutoRead(AutoRead.ON);

    assertThat(Patience.await(left.end)).isEqualTo(SOME);
    left.finish();
    assertThat(Patience.await(legs.end)).isEqualTo(new RelayEnd(0, SOME, null));
  }

  @Test
  void closeNotifyIsSaidOnceBehindTheLastByte() throws Exception {
    var sent = left.send(LARGE);
    sent.thenRun(left::finish);
    visitor.read(LARGE / 2);
    assertThat(tls.said()).isNotDone();

    visitor.read(LARGE / 2);
    Patience.await(tls.said()).setSuccess();
    visitorSends(SOME);
    Patience.await(left.received(SOME));
    tls.peerSaysCloseNotify();

    assertThat(Patience.await(left.end)).isEqualTo(SOME);
    assertThat(Patience.await(legs.end)).isEqualTo(new RelayEnd(LARGE, SOME, null));
    assertThat(tls.times()).isEqualTo(1);
  }

  @Test
  void closeNotifyThatCannotBeSaidIsAFailure() throws Exception {
    left.finish();

    Patience.await(tls.said()).setFailure(new IOException("broken on purpose"));

    assertThat(Patience.await(legs.end).cause()).hasMessage("broken on purpose");
    assertThat(left.end)
        .failsWithin(Duration.ofSeconds(Patience.SECONDS_AT_MOST))
        .withThrowableThat()
        .withCauseInstanceOf(IOException.class);
    assertThat(legs.ends()).isEqualTo(1);
  }

  @Test
  void resetBeforeTheVisitorLeftIsAFailure() throws Exception {
    visitorSends(1);
    Patience.await(left.received(1));

    visitor.reset();

    assertThat(Patience.await(legs.end).cause()).isInstanceOf(IOException.class);
    assertThat(left.end)
        .failsWithin(Duration.ofSeconds(Patience.SECONDS_AT_MOST))
        .withThrowableThat()
        .withCauseInstanceOf(IOException.class);
  }

  @Test
  void relayThatFailsWhileCloseNotifyIsBeingSaidEndsOnce() throws Exception {
    left.finish();
    var closeNotify = Patience.await(tls.said());
    tls.peerSaysCloseNotify();
    assertThat(Patience.await(left.end)).isZero();

    visitor.reset();
    Patience.await(tls.failed());
    closeNotify.setFailure(new IOException("broken on purpose"));

    Patience.await(legs.end);
    assertThat(legs.ends()).isEqualTo(1);
  }
}
