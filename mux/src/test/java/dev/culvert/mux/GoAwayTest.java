package dev.culvert.mux;

import static dev.culvert.mux.Frames.ACCEPT_1;
import static dev.culvert.mux.Frames.FINISH_1;
import static dev.culvert.mux.Frames.GO_AWAY;
import static dev.culvert.mux.Frames.data;
import static dev.culvert.mux.Frames.header;
import static dev.culvert.mux.Frames.poll;
import static dev.culvert.mux.Frames.receive;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GoAway: code 0 lets the streams that exist go on, any other ends the session. */
final class GoAwayTest {
  private final Peer client = new Pair(SessionConfig.STANDARD).client;

  @Test
  void existingStreamsGoOnBehindGoAway() {
    App app = client.open();
    app.send(100);
    poll(client);

    receive(client, GO_AWAY, ACCEPT_1, data(0, 1, 0, 50));
    app.send(100);
    app.finish();

    assertThat(app.received).isEqualTo(50);
    assertThat(poll(client)).containsExactly(header(Frame.DATA, 0, 1, 100), FINISH_1);
    assertThat(client.session.canOpen()).isFalse();
    assertThat(client.end()).isNull();
  }

  @Test
  void streamsThatWaitForTheirSynAreResetByGoAway() {
    for (int i = 0; i < 257; i++) {
      client.open();
    }
    App waiting = client.open();
    poll(client);

    receive(client, GO_AWAY);

    assertThat(waiting.resets).isEqualTo(1);
    assertThat(client.session.openStreams()).isEqualTo(256);
    assertThat(poll(client)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 9, 0xFFFF_FFFFL})
  void goAwayWithAnyOtherCodeEndsTheSession(long code) {
    App app = client.open();

    receive(client, header(Frame.GO_AWAY, 0, 0, code));

    assertThat(client.end()).isEqualTo(new SessionEnd.ClosedByPeer(code));
    assertThat(app.end).isEqualTo(client.end());
  }

  @Test
  void goAwayIsNotSaidBeforeTheLastStreamHasGone() {
    App app = client.open();
    poll(client);
    client.session.drain();
    assertThat(poll(client)).isEmpty();

    receive(client, header(Frame.WINDOW_UPDATE, Frame.SYN, 2, 0));
    assertThat(poll(client)).containsExactly(header(Frame.WINDOW_UPDATE, Frame.RST, 2, 0));
    app.finish();
    assertThat(poll(client)).containsExactly(FINISH_1);
    receive(client, FINISH_1);

    assertThat(poll(client)).containsExactly(GO_AWAY);
  }

  @Test
  void connectionThatEndsBehindGoAwayWithStreamsOpenIsLostAllTheSame() {
    App app = client.open();
    poll(client);
    receive(client, GO_AWAY);

    client.session.transportLost("gone", null);

    assertThat(app.end).isInstanceOf(SessionEnd.TransportLost.class);
    assertThat(app.fins).isZero();
  }
}
