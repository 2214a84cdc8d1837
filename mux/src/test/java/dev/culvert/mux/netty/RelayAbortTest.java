package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A transfer that was cut on one leg looks cut on the other, to any TCP program. */
@ParameterizedClass
@MethodSource("dev.culvert.mux.netty.RelaySetup#all")
@ExtendWith(LeakCheck.class)
@Timeout(120)
final class RelayAbortTest {
  private static final long LARGE = 64 << 20;
  private static final int SOME = 1 << 20;

  private final RelaySetup setup;
  private final RelayGround ground;
  private final PlainPeer peer;
  private final User left;
  private final JoinedLegs legs;

  RelayAbortTest(RelaySetup setup) throws Exception {
    this.setup = setup;
    ground = new RelayGround(setup);
    peer = new PlainPeer(ground, ground.rightLoop);
    UsedLeg leg = ground.left();
    left = leg.user();
    legs = new JoinedLegs(leg, new UsedLeg(peer.leg, left));
  }

  @AfterEach
  void disconnect() throws Exception {
    peer.socket.close();
    ground.close();
  }

  private void assertPeerIsReset() {
    assertThatThrownBy(() -> peer.read(LARGE))
        .isInstanceOf(SocketException.class)
        .isNotInstanceOf(EOFException.class);
  }

  private void assertLeftIsReset() {
    assertThat(left.end)
        .failsWithin(Duration.ofSeconds(Patience.SECONDS_AT_MOST))
        .withThrowableThat()
        .withCauseInstanceOf(IOException.class);
  }

  private void assertEndedOnceWithACause() throws Exception {
    assertThat(Patience.await(legs.end).cause()).isNotNull();
    assertThat(legs.ends()).isEqualTo(1);
  }

  @Test
  void resetOfTheLeftLegResetsTheRight() throws Exception {
    legs.join();
    var _ = left.send(LARGE);
    peer.read(SOME);

    left.reset();

    assertPeerIsReset();
    assertEndedOnceWithACause();
  }

  @Test
  void resetOfAnIdleLeftLegResetsTheRight() throws Exception {
    legs.join();
    Patience.await(left.send(1));
    peer.read(1);

    left.reset();

    assertPeerIsReset();
    assertEndedOnceWithACause();
  }

  @Test
  void resetOfTheLeftLegReachesAReaderThatHadStopped() throws Exception {
    legs.join();
    WriteMeter meter = new WriteMeter();
    peer.leg.pipeline().addFirst(meter);
    var _ = left.send(LARGE);
    Patience.await(meter.reached(64 * 1024));

    left.reset();

    assertPeerIsReset();
    assertEndedOnceWithACause();
  }

  @Test
  void resetOfTheRightLegResetsTheLeft() throws Exception {
    legs.join();
    var _ = left.send(LARGE);
    peer.read(SOME);

    peer.reset();

    assertLeftIsReset();
    assertEndedOnceWithACause();
  }

  @Test
  void resetOfAnIdleRightLegResetsTheLeft() throws Exception {
    legs.join();
    Patience.await(left.send(1));
    peer.read(1);

    peer.reset();

    assertLeftIsReset();
    assertEndedOnceWithACause();
  }

  @Test
  void resetOfTheRightLegBehindItsEndResetsTheLeftThatStillSends() throws Exception {
    legs.join();
    peer.socket.shutdownOutput();
    assertThat(Patience.await(left.end)).isZero();
    var sent = left.send(LARGE);
    peer.read(SOME);

    peer.reset();

    assertThat(sent)
        .failsWithin(Duration.ofSeconds(Patience.SECONDS_AT_MOST))
        .withThrowableThat()
        .withCauseInstanceOf(IOException.class);
    assertEndedOnceWithACause();
  }

  /** An idle half-closed socket that is reset tells nobody before it is used; NIO not even then. */
  @Test
  void resetOfAnIdleRightLegBehindItsEndEndsTheRelayWhenTheLeftEnds() throws Exception {
    legs.join();
    Patience.await(left.send(1));
    peer.read(1);
    peer.socket.shutdownOutput();
    assertThat(Patience.await(left.end)).isZero();

    peer.reset();
    left.finish();

    Patience.await(legs.end);
    assertThat(legs.ends()).isEqualTo(1);
  }

  @Test
  void lostSessionResetsTheRightLeg() throws Exception {
    assumeTrue(setup.left() == LegKind.STREAM, "only a stream has a session");
    legs.join();
    var _ = left.send(LARGE);
    peer.read(SOME);

    ground.tunnel.close();

    assertPeerIsReset();
    assertEndedOnceWithACause();
    assertThat(legs.end.join().cause()).isInstanceOf(SessionEndedException.class);
  }

  @Test
  void closedSessionResetsTheRightLeg() throws Exception {
    assumeTrue(setup.left() == LegKind.STREAM, "only a stream has a session");
    legs.join();
    Patience.await(left.send(1));
    peer.read(1);

    ground.tunnel.client.mux.close("enough");

    assertPeerIsReset();
    assertLeftIsReset();
    assertEndedOnceWithACause();
  }

  @Test
  void leftLegThatIsClosedBeforeTheJoinResetsTheRight() throws Exception {
    legs.left.channel().eventLoop().execute(() -> RelayLeg.abort(legs.left.channel()));
    Patience.await(legs.left.channel().closeFuture());

    legs.join();

    assertPeerIsReset();
    assertEndedOnceWithACause();
  }

  @Test
  void rightLegThatIsClosedBeforeTheJoinResetsTheLeft() throws Exception {
    peer.leg.eventLoop().execute(() -> RelayLeg.abort(peer.leg));
    Patience.await(peer.leg.closeFuture());

    legs.join();

    assertLeftIsReset();
    assertEndedOnceWithACause();
  }
}
