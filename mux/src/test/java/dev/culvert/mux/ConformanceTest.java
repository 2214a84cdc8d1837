package dev.culvert.mux;

import static dev.culvert.mux.Frames.FINISH_1;
import static dev.culvert.mux.Frames.OPEN_1;
import static dev.culvert.mux.Frames.RESET_1;
import static dev.culvert.mux.Frames.data;
import static dev.culvert.mux.Frames.header;
import static dev.culvert.mux.Frames.poll;
import static dev.culvert.mux.Frames.receive;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the specification leaves open and other implementations do in their own ways. */
final class ConformanceTest {
  private static final int WINDOW = Frame.INITIAL_WINDOW_BYTES;

  private final Pair pair = new Pair(SessionConfig.STANDARD);
  private final Peer server = pair.server;
  private final Peer client = pair.client;

  private App accepted() {
    return server.accepted.getFirst();
  }

  @Test
  void gatheredDataIsSentInFramesThatAreOneTlsRecordEachAtMost() {
    App app = client.open();
    app.send(WINDOW);

    List<String> frames = poll(client);

    String full = header(Frame.DATA, 0, 1, 16_372);
    assertThat(frames).startsWith(OPEN_1, full, full).hasSizeLessThan(25);
    assertThat(frames.subList(1, frames.size())).allMatch(frame -> frame.compareTo(full) <= 0);
    assertThat(app.sent).isEqualTo(WINDOW);
  }

  @Test
  void frameAsLargeAsTheWindowIsHandedOverAsItComes() {
    receive(server, OPEN_1, data(0, 1, 0, WINDOW).substring(0, 2 * (Frame.HEADER_BYTES + 100)));

    assertThat(accepted().received).isEqualTo(100);
  }

  /** SYN, ACK, FIN and RST in one frame, with payload and without, in every mixture. */
  @ParameterizedTest
  @CsvSource({
    "SYN,         1, true,  false, false",
    "SYN|ACK,     3, true,  false, false",
    "SYN|FIN,     5, true,  true,  false",
    "SYN|ACK|FIN, 7, true,  true,  false",
    "SYN|RST,     9, false, false, false",
    "all,        15, false, false, false",
  })
  void openMayCarryOtherFlags(
      String what, int flags, boolean isOpen, boolean isFinished, boolean isReset) {
    for (String frame : List.of(header(1, flags, 1, 0), header(0, flags, 1, 0))) {
      Peer peer = new Pair(SessionConfig.STANDARD).server;

      receive(peer, frame);

      assertThat(peer.end()).as(what).isNull();
      assertThat(peer.accepted).hasSize(isOpen ? 1 : 0);
      assertThat(peer.accepted).allMatch(app -> app.fins == (isFinished ? 1 : 0));
      assertThat(peer.accepted).allMatch(app -> app.resets == (isReset ? 1 : 0));
      assertThat(poll(peer)).hasSize(isOpen ? 1 : 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ACK,         2, 0, 0",
    "FIN,         4, 1, 0",
    "ACK|FIN,     6, 1, 0",
    "RST,         8, 0, 1",
    "ACK|RST,    10, 0, 1",
    "FIN|RST,    12, 0, 1",
    "ACK|FIN|RST,14, 0, 1",
  })
  void flagsOfALiveStreamMayComeTogether(String what, int flags, int fins, int resets) {
    for (int type : new int[] {Frame.DATA, Frame.WINDOW_UPDATE}) {
      Peer peer = new Pair(SessionConfig.STANDARD).client;
      App app = peer.open();
      poll(peer);

      receive(peer, header(type, flags, 1, 0));

      assertThat(peer.end()).as(what).isNull();
      assertThat(app.fins).isEqualTo(fins);
      assertThat(app.resets).isEqualTo(resets);
      assertThat(poll(peer)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Frame.FIN, Frame.FIN | Frame.ACK})
  void endThatComesWithDataIsToldBehindIt(int flags) {
    App app = client.open();
    poll(client);
    String frame = data(flags, 1, 0, 100);

    receive(client, frame.substring(0, frame.length() - 2));
    assertThat(app.fins).isZero();
    receive(client, frame.substring(frame.length() - 2));

    assertThat(app.received).isEqualTo(100);
    assertThat(app.fins).isEqualTo(1);
  }

  @Test
  void openWithDataAndEndBringsAllThree() {
    receive(server, data(Frame.SYN | Frame.FIN, 1, 0, 100));

    assertThat(accepted().received).isEqualTo(100);
    assertThat(accepted().fins).isEqualTo(1);
    assertThat(poll(server)).containsExactly(header(Frame.WINDOW_UPDATE, Frame.ACK, 1, 100));
  }

  /** Credit that comes with SYN or ACK is added to what there is from the start. */
  @Test
  void creditWithTheOpenOrItsAcknowledgementAddsToTheInitialWindow() {
    receive(server, header(Frame.WINDOW_UPDATE, Frame.SYN, 1, 5));
    accepted().send(2 * WINDOW);
    App app = client.open();
    poll(client);
    receive(client, header(Frame.WINDOW_UPDATE, Frame.ACK, 1, 7));
    app.send(2 * WINDOW);
    poll(server);
    poll(client);

    assertThat(accepted().sent).isEqualTo(WINDOW + 5);
    assertThat(app.sent).isEqualTo(WINDOW + 7);
  }

  @Test
  void emptyDataCostsNoCredit() {
    receive(server, OPEN_1);
    accepted().consumesAtOnce = false;
    receive(server, data(0, 1, 0, WINDOW));

    receive(server, data(0, 1, 0, 0), data(Frame.FIN, 1, 0, 0));

    assertThat(server.end()).isNull();
    assertThat(accepted().fins).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "000200010000000100000007", // ping of a stream that is open
        "000200010000006300000007", // ping of one that is not
        "000200030000000000000007", // ping that is an answer too
      })
  void pingIsAnsweredOnStreamZero(String ping) {
    receive(server, OPEN_1);
    poll(server);

    receive(server, ping);

    assertThat(poll(server)).containsExactly("000200020000000000000007");
  }

  @Test
  void answerToNoPingIsNeitherAnsweredNorMeasured() {
    client.session.ping();
    poll(client);

    receive(client, header(Frame.PING, Frame.ACK, 0, 2), header(Frame.PING, Frame.ACK, 0, 0));
    assertThat(client.events).isEmpty();
    receive(client, header(Frame.PING, Frame.ACK, 0, 1), header(Frame.PING, Frame.ACK, 0, 1));

    assertThat(client.events).hasSize(1);
    assertThat(poll(client)).isEmpty();
  }

  @Test
  void creditForStreamZeroEndsTheSession() {
    receive(server, header(Frame.WINDOW_UPDATE, 0, 0, 5));

    assertThat(server.end()).isInstanceOf(SessionEnd.ProtocolViolation.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Frame.ACK, Frame.FIN, Frame.RST})
  void frameForAStreamThatIsGoneIsNeverAnswered(int flags) {
    receive(server, OPEN_1, RESET_1);
    poll(server);

    receive(server, header(Frame.WINDOW_UPDATE, flags, 1, 0), data(flags, 1, 0, 10));

    assertThat(poll(server)).isEmpty();
    assertThat(server.end()).isNull();
  }

  @Test
  void frameForAStreamOfOursThatWasNeverOpenedIsDropped() {
    receive(client, FINISH_1, RESET_1, data(0, 3, 0, 10));

    assertThat(client.end()).isNull();
    assertThat(poll(client)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Frame.ACK, Frame.FIN, Frame.RST})
  void frameForAStreamThatWaitsForItsSynIsDropped(int flags) {
    for (int i = 0; i < 256; i++) {
      client.open();
    }
    App waiting = client.open();

    receive(client, data(flags, 513, 0, 10), header(Frame.WINDOW_UPDATE, flags, 513, 0));

    assertThat(waiting.received + waiting.fins + waiting.resets).isZero();
    assertThat(waiting.stream().state()).isEqualTo(StreamState.WAITING);
    assertThat(client.end()).isNull();
  }

  @Test
  void resetMayCarryACode() {
    receive(server, OPEN_1, header(Frame.WINDOW_UPDATE, Frame.RST, 1, 0xFFFF_FFFFL));

    assertThat(accepted().resets).isEqualTo(1);
    assertThat(server.end()).isNull();
  }

  @Test
  void resetIsToldAtOnceAndWhatIsUnreadDoesNotCountAnyMore() {
    receive(server, OPEN_1);
    accepted().consumesAtOnce = false;
    receive(server, data(0, 1, 0, 1000));

    receive(server, RESET_1);

    assertThat(accepted().resets).isEqualTo(1);
    assertThat(accepted().fins).isZero();
    assertThat(pair.serverMemory.unreadBytes()).isZero();
  }

  @Test
  void endIsSentOnceHoweverOftenItIsAskedFor() {
    App app = client.open();
    app.finish();
    app.finish();
    assertThat(poll(client)).containsExactly(OPEN_1, FINISH_1);

    app.finish();

    assertThat(poll(client)).isEmpty();
  }

  @Test
  void resetIsSentOnceAndBehindItNothing() {
    App app = client.open();
    poll(client);
    app.send(100);
    app.finish();

    app.stream().reset();
    app.stream().reset();

    assertThat(poll(client)).containsExactly(RESET_1);
  }

  @Test
  void creditOvertakesDataThatWaitsButNotTheAcknowledgement() {
    receive(server, OPEN_1, data(0, 1, 0, WINDOW));
    App app = accepted();
    app.send(100);
    assertThat(poll(server))
        .containsExactly(
            "000200010000000000000001", // the round trip is measured
            header(Frame.WINDOW_UPDATE, Frame.ACK, 1, WINDOW),
            header(Frame.DATA, 0, 1, 100));

    app.send(100);
    receive(server, data(0, 1, WINDOW, WINDOW / 2));

    assertThat(poll(server))
        .containsExactly(
            header(Frame.WINDOW_UPDATE, 0, 1, WINDOW / 2), header(Frame.DATA, 0, 1, 100));
  }

  @Test
  void twoSessionsOfTheSameRoleEndOneAnother() {
    Peer other = new Pair(SessionConfig.STANDARD).client;
    client.open();
    other.open();

    receive(other, poll(client).getFirst());

    assertThat(other.end()).isInstanceOf(SessionEnd.ProtocolViolation.class);
    assertThat(poll(other)).containsExactly(header(Frame.GO_AWAY, 0, 0, 1));
  }
}
