package dev.culvert.mux;

import static dev.culvert.mux.Frames.ACCEPT_1;
import static dev.culvert.mux.Frames.OPEN_1;
import static dev.culvert.mux.Frames.RESET_1;
import static dev.culvert.mux.Frames.data;
import static dev.culvert.mux.Frames.header;
import static dev.culvert.mux.Frames.poll;
import static dev.culvert.mux.Frames.receive;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Opens, and peers that acknowledge them late, with something else, or not at all. */
final class AcknowledgementTest {
  private static final int BACKLOG = 256;
  private static final long SECOND = 1_000_000_000L;

  private static final byte[] PONG = {0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1};

  private final Pair pair = new Pair(SessionConfig.STANDARD);
  private final Peer client = pair.client;

  private void fillTheBacklog() {
    for (int i = 0; i < BACKLOG; i++) {
      client.open();
    }
    assertThat(poll(client)).hasSize(BACKLOG);
  }

  /** Rust acknowledges with what it has to say first, Go says nothing where FIN is quicker. */
  @ParameterizedTest
  @CsvSource({
    "ACK, 000100020000000100000000",
    "credit, 000100000000000100000001",
    "empty data, 000000000000000100000000",
    "data, 000000000000000100000001" + "00",
    "data with ACK, 000000020000000100000001" + "00",
    "FIN, 000100040000000100000000",
    "data with FIN, 000000040000000100000000",
    "RST, 000100080000000100000000"
  })
  void anyFrameOnAStreamMakesRoomForTheNext(String what, String frame) {
    fillTheBacklog();
    client.open();
    assertThat(poll(client)).as(what).isEmpty();

    receive(client, frame);
    assertThat(poll(client)).containsExactly(header(Frame.WINDOW_UPDATE, Frame.SYN, 513, 0));

    client.open();
    receive(client, ACCEPT_1); // again: the room was made once
    assertThat(poll(client)).isEmpty();
  }

  @Test
  void resetOfAStreamMakesRoomOnceItIsSent() {
    fillTheBacklog();
    App next = client.open();
    App last = client.open();
    assertThat(last.stream().state()).isEqualTo(StreamState.WAITING);

    client.session.streams().stream().filter(s -> s.id() == 1).findAny().ifPresent(Stream::reset);

    assertThat(poll(client))
        .containsExactly(RESET_1, header(Frame.WINDOW_UPDATE, Frame.SYN, next.stream().id(), 0));
    assertThat(last.stream().state()).isEqualTo(StreamState.WAITING);
  }

  @Test
  void aMillionStreamsThatEndBeforeTheirAcknowledgementLeaveNothing() {
    ByteBuf out = Unpooled.buffer(1024);
    for (int i = 0; i < 1_000_000; i++) {
      Bulk owner = new Bulk();
      Stream stream = client.session.open(owner);
      if (i % 2 == 0) {
        client.session.pollOutput(out.clear(), 1024, 0);
      }
      stream.reset();
      client.session.pollOutput(out.clear(), 1024, 0);
    }

    assertThat(client.session.openStreams()).isZero();
    assertThat(client.session.hasOutput()).isFalse();
    fillTheBacklog();
    client.open();
    assertThat(poll(client)).isEmpty();
  }

  @Test
  void streamThatIsNeverAcknowledgedHarmsNothing() {
    App app = client.open();
    poll(client);
    for (int i = 0; i < 100; i++) {
      pair.advance(SECOND);
      client.session.onTimeout(pair.nowNanos);
      client.session.receive(Unpooled.copiedBuffer(PONG), pair.nowNanos);
    }

    app.send(1000);

    assertThat(poll(client)).endsWith(header(Frame.DATA, 0, 1, 1000));
    assertThat(client.end()).isNull();
    assertThat(app.resets).isZero();
  }

  @Test
  void answerMayComeBeforeTheAcknowledgement() {
    App app = client.open();
    poll(client);

    receive(client, data(0, 1, 0, 10), ACCEPT_1, data(Frame.FIN, 1, 10, 10));

    assertThat(app.received).isEqualTo(20);
    assertThat(app.fins).isEqualTo(1);
  }

  @Test
  void finMayComeWithoutAnAcknowledgement() {
    App app = client.open();
    app.finish();
    poll(client);

    receive(client, header(Frame.WINDOW_UPDATE, Frame.FIN, 1, 0));

    assertThat(app.fins).isEqualTo(1);
    assertThat(client.session.openStreams()).isZero();
  }

  @Test
  void placeOfAStreamOfThePeersIsFreeOnceItHasEnded() {
    Peer server = new Pair(SessionConfig.STANDARD.withMaxStreams(1, 1)).server;
    receive(server, OPEN_1, header(Frame.WINDOW_UPDATE, Frame.FIN, 1, 0));
    receive(server, header(Frame.WINDOW_UPDATE, Frame.SYN, 3, 0));
    server.accepted.getFirst().finish();
    assertThat(poll(server)).contains(header(Frame.WINDOW_UPDATE, Frame.RST, 3, 0));

    receive(server, header(Frame.WINDOW_UPDATE, Frame.SYN, 5, 0));

    assertThat(poll(server)).containsExactly(header(Frame.WINDOW_UPDATE, Frame.ACK, 5, 0));
  }
}
