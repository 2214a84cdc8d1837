package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

final class SessionTest {
  private static final SessionConfig CONFIG = SessionConfig.STANDARD;

  private final Pair pair = new Pair(CONFIG);

  private static String poll(Peer peer) {
    ByteBuf out = Unpooled.buffer();
    peer.session.pollOutput(out, 64 * 1024, 0);
    return ByteBufUtil.hexDump(out);
  }

  private static void receive(Peer peer, String hex) {
    peer.session.receive(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)), 0);
  }

  @Test
  void openDataAndFinAreFramesWithOneFlagEach() {
    App app = pair.client.open();
    app.send(3);
    app.finish();

    assertThat(poll(pair.client))
        .isEqualTo(
            "000100010000000100000000" // WindowUpdate SYN, stream 1
                + "000000000000000100000003" // Data, 3 bytes
                + "001f3e"
                + "000100040000000100000000"); // WindowUpdate FIN
  }

  @Test
  void acceptedStreamIsAcknowledgedAtOnceAndOnce() {
    receive(pair.server, "000100010000000100000000");

    assertThat(poll(pair.server)).isEqualTo("000100020000000100000000");
    assertThat(pair.server.session.hasOutput()).isFalse();
  }

  @Test
  void bytesArriveInOrderBothWays() {
    App app = pair.client.open();
    app.send(1_000_000);
    pair.drive();
    App peer = pair.server.accepted.remove();
    peer.send(2_000_000);
    pair.drive();

    assertThat(peer.received).isEqualTo(1_000_000);
    assertThat(app.received).isEqualTo(2_000_000);
  }

  @Test
  void halfClosedStreamStillReceives() {
    App app = pair.client.open();
    app.finish();
    pair.drive();
    App peer = pair.server.accepted.remove();
    assertThat(peer.fins).isEqualTo(1);

    peer.send(300_000);
    peer.finish();
    pair.drive();

    assertThat(app.received).isEqualTo(300_000);
    assertThat(app.fins).isEqualTo(1);
    assertThat(pair.client.session.openStreams()).isZero();
    assertThat(pair.server.session.openStreams()).isZero();
  }

  @Test
  void senderStopsAtTheWindowAndFinFollowsWhenTheWindowIsExactlyUsed() {
    App app = pair.client.open();
    app.send(CONFIG.windowBytes());
    app.finish();
    ByteBuf out = Unpooled.buffer();
    pair.client.session.pollOutput(out, 1 << 20, 0);
    pair.server.session.receive(out, 0);
    App peer = pair.server.accepted.remove();

    assertThat(peer.received).isEqualTo(CONFIG.windowBytes());
    assertThat(peer.fins).isEqualTo(1);
  }

  @Test
  void unconsumedBytesHoldTheSenderBack() {
    App app = pair.client.open();
    pair.drive();
    App peer = pair.server.accepted.remove();
    peer.consumesAtOnce = false;
    app.send(1_000_000);
    pair.drive();
    assertThat(peer.received).isEqualTo(CONFIG.windowBytes());

    peer.consume(CONFIG.windowBytes() / 2 - 1);
    pair.drive();
    assertThat(peer.received).isEqualTo(CONFIG.windowBytes());

    peer.consume(1);
    pair.drive();
    assertThat(peer.received).isEqualTo(CONFIG.windowBytes() * 3L / 2);
  }

  @Test
  void consumingMoreThanWasReceivedIsRefused() {
    App app = pair.client.open();

    assertThatThrownBy(() -> app.stream().consumed(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aWindowLargerThanTheSpecsIsGrantedWithTheSyn() {
    SessionConfig large = SessionConfig.STANDARD.withWindow(1 << 20, 16 << 20);
    Pair wide = new Pair(large);
    wide.client.open();

    assertThat(poll(wide.client)).isEqualTo("0001000100000001000c0000");
  }

  @Test
  void resetReachesThePeerAndFreesTheStream() {
    App app = pair.client.open();
    app.send(10);
    pair.drive();
    App peer = pair.server.accepted.remove();

    peer.stream().reset();
    pair.drive();

    assertThat(app.resets).isEqualTo(1);
    assertThat(app.fins).isZero();
    assertThat(pair.client.session.openStreams()).isZero();
    assertThat(pair.server.session.openStreams()).isZero();
  }

  @Test
  void resetBeforeTheSynWentOutSaysNothing() {
    pair.client.open().stream().reset();

    assertThat(poll(pair.client)).isEmpty();
    assertThat(pair.client.session.canOpen()).isTrue();
  }

  @Test
  void dataOfAStreamThatWasResetHereIsDropped() {
    App app = pair.client.open();
    pair.drive();
    App peer = pair.server.accepted.remove();
    app.send(1000);
    peer.stream().reset();
    pair.drive();

    assertThat(peer.received).isZero();
    assertThat(pair.server.end()).isNull();
  }

  @Test
  void opensBeyondThePeersLimitAreResetAndTheSessionLives() {
    Pair limited = new Pair(CONFIG, CONFIG.withMaxStreams(2, 2));
    App first = limited.client.open();
    limited.client.open();
    App third = limited.client.open();
    limited.drive();

    assertThat(third.resets).isEqualTo(1);
    assertThat(first.resets).isZero();
    assertThat(limited.client.end()).isNull();
    assertThat(limited.server.accepted).hasSize(2);
  }

  @Test
  void openBeyondOurLimitIsRefusedHere() {
    Pair limited = new Pair(CONFIG.withMaxStreams(1, 1), CONFIG);
    limited.client.open();

    assertThat(limited.client.session.canOpen()).isFalse();
    assertThatThrownBy(limited.client::open).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void the257thUnacknowledgedOpenWaitsForAnAcknowledgement() {
    for (int i = 0; i < 300; i++) {
      pair.client.open().send(1);
    }
    ByteBuf out = Unpooled.buffer();
    while (pair.client.session.hasOutput()) {
      pair.client.session.pollOutput(out, 64 * 1024, 0);
    }
    assertThat(out.readableBytes()).isEqualTo(256 * (12 + 12 + 1));

    pair.server.session.receive(out, 0);
    pair.drive();

    assertThat(pair.server.accepted).hasSize(300).allMatch(app -> app.received == 1);
  }

  @Test
  void pingIsAnsweredWithItsValue() {
    receive(pair.server, "0002000100000000deadbeef");

    assertThat(poll(pair.server)).isEqualTo("0002000200000000deadbeef");
  }

  @Test
  void pingFloodIsAnsweredForThirtyTwo() {
    for (int i = 0; i < 1000; i++) {
      receive(pair.server, "0002000100000000deadbeef");
    }

    assertThat(poll(pair.server)).hasSize(32 * 24);
  }

  @Test
  void roundTripIsMeasured() {
    pair.client.session.ping();
    ByteBuf ping = Unpooled.buffer();
    pair.client.session.pollOutput(ping, 100, pair.nowNanos);
    pair.server.session.receive(ping, pair.nowNanos);
    ByteBuf pong = Unpooled.buffer();
    pair.server.session.pollOutput(pong, 100, pair.nowNanos);
    pair.client.session.receive(pong, pair.nowNanos + 42);

    assertThat(pair.client.events).containsExactly(new SessionEvent.RoundTrip(42));
  }

  @Test
  void quietPeerIsPingedAndSilentPeerIsGivenUp() {
    App app = pair.client.open();
    pair.drive();
    long start = pair.nowNanos;

    assertThat(pair.client.session.deadlineNanos()).isEqualTo(start + 5_000_000_000L);
    pair.client.session.onTimeout(start + 5_000_000_000L);
    assertThat(poll(pair.client)).isEqualTo("000200010000000000000001");
    pair.client.session.onTimeout(start + 10_000_000_000L);
    pair.client.session.onTimeout(start + 15_000_000_000L);

    assertThat(pair.client.end()).isInstanceOf(SessionEnd.TransportLost.class);
    assertThat(app.end).isEqualTo(pair.client.end());
    assertThat(app.fins).isZero();
  }

  @Test
  void anyByteKeepsThePeerAlive() {
    pair.client.session.onTimeout(pair.nowNanos + 5_000_000_000L);
    pair.client.session.receive(
        Unpooled.wrappedBuffer(new byte[] {0}), pair.nowNanos + 14_000_000_000L);
    pair.client.session.onTimeout(pair.nowNanos + 16_000_000_000L);

    assertThat(pair.client.end()).isNull();
  }

  @Test
  void lostTransportIsNoClosedSession() {
    App app = pair.client.open();
    pair.drive();

    pair.client.session.transportLost("gone", null);

    assertThat(pair.client.end()).isEqualTo(new SessionEnd.TransportLost("gone", null));
    assertThat(app.end).isEqualTo(pair.client.end());
    assertThat(app.fins).isZero();
  }

  @Test
  void closeTellsThePeerAndEveryStream() {
    App app = pair.client.open();
    pair.drive();
    App peer = pair.server.accepted.remove();

    pair.client.session.close("enough");
    assertThat(poll(pair.client)).isEqualTo("000300000000000000000000");
    assertThat(pair.client.session.hasOutput()).isFalse();

    receive(pair.server, "000300000000000000000000");
    assertThat(pair.server.session.canOpen()).isFalse();
    assertThat(pair.server.events).containsExactly(new SessionEvent.PeerGoingAway());
    assertThat(app.end).isEqualTo(new SessionEnd.Closed("enough"));
    assertThat(peer.end).isNull();
  }

  @Test
  void drainingSessionRefusesNewStreamsAndClosesAfterTheLast() {
    App app = pair.client.open();
    pair.drive();
    pair.server.session.drain();
    App late = pair.client.open();
    pair.drive();
    assertThat(late.resets).isEqualTo(1);
    assertThat(pair.server.end()).isNull();

    app.finish();
    pair.server.accepted.remove().finish();
    pair.drive();

    assertThat(pair.server.end()).isEqualTo(new SessionEnd.Closed("drained"));
    assertThat(pair.client.events).containsExactly(new SessionEvent.PeerGoingAway());
  }

  @Test
  void goAwayWithAnErrorEndsTheSession() {
    App app = pair.client.open();
    receive(pair.client, "000300000000000000000002");

    assertThat(app.end).isEqualTo(new SessionEnd.ClosedByPeer(2));
    assertThat(pair.client.session.hasOutput()).isFalse();
  }

  @Test
  void secondFinIsIgnoredAndDataAfterFinResetsTheStreamAlone() {
    receive(pair.server, "000100010000000100000000" + "000100040000000100000000");
    receive(pair.server, "000100040000000100000000");
    App app = pair.server.accepted.remove();
    assertThat(app.fins).isEqualTo(1);

    receive(pair.server, "000000000000000100000001" + "00");

    assertThat(app.resets).isEqualTo(1);
    assertThat(pair.server.end()).isNull();
  }

  @Test
  void creditAfterFinCounts() {
    receive(pair.server, "000100010000000100000000" + "000100040000000100000000");
    App app = pair.server.accepted.remove();
    app.send(CONFIG.windowBytes() + 5);
    poll(pair.server);
    ByteBuf out = Unpooled.buffer();
    pair.server.session.pollOutput(out, 1 << 20, 0);
    receive(pair.server, "000100000000000100000005");
    pair.server.session.pollOutput(out, 1 << 20, 0);

    assertThat(app.sent).isEqualTo(CONFIG.windowBytes() + 5);
  }

  /** As on a laptop that slept, or a machine that was paused: the peer was never asked. */
  @Test
  void peerIsAskedBeforeItIsGivenUpWhereTheTimerItselfWasLate() {
    long hour = 3_600_000_000_000L;
    pair.client.session.onTimeout(pair.nowNanos + hour);

    assertThat(pair.client.end()).isNull();
    assertThat(poll(pair.client)).isEqualTo("000200010000000000000001");
    assertThat(pair.client.session.deadlineNanos())
        .isEqualTo(pair.nowNanos + hour + 5_000_000_000L);

    pair.client.session.onTimeout(pair.nowNanos + hour + 5_000_000_000L);
    assertThat(pair.client.end()).isInstanceOf(SessionEnd.TransportLost.class);
  }

  @Test
  void roomForTwoHeadersIsEnoughForProgress() {
    App app = pair.client.open();
    pair.drive();
    app.send(5);

    ByteBuf out = Unpooled.buffer();
    assertThat(pair.client.session.pollOutput(out, 24, pair.nowNanos)).isEqualTo(12 + 5);
  }
}
