package dev.culvert.bench.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.netty.StreamChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What either end makes of the other's GoAway, while a stream is open. */
@ExtendWith(UnreadSessions.class)
@ParameterizedClass
@MethodSource("dev.culvert.bench.interop.Setup#all")
@Timeout(180)
final class GoAwayInteropTest {
  private static final int BYTES = 1000;

  private final PeerLibrary library;
  private final PeerSession session;

  GoAwayInteropTest(Setup setup, @TempDir Path state) throws Exception {
    library = setup.library();
    session = setup.start(state);
  }

  @AfterEach
  void close() {
    session.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void peerThatGoesAway(int code) throws Exception {
    assumeTrue(library.canGoAway(code), "the library does not go away with this code");
    PatternStream stream = PatternStream.unfinished(BYTES);
    StreamChannel channel = session.open(stream);
    stream.started.get(20, TimeUnit.SECONDS);

    assertThat(session.program.ask("goaway " + code)).isEqualTo("ok");

    if (code != 0) {
      assertThat(session.ended.get(20, TimeUnit.SECONDS))
          .isEqualTo(new SessionEnd.ClosedByPeer(code));
      return;
    }
    awaitGoingAway();
    assertThatThrownBy(() -> session.open(PatternStream.of(1)))
        .isInstanceOf(ExecutionException.class);
    switch (library) {
      case HASHICORP, GO_LIBP2P -> {
        channel.shutdownOutput();
        assertThat(stream.end.get(20, TimeUnit.SECONDS)).isEqualTo(BYTES);
        assertThat(session.ended).isNotDone();
      }
      case JAVASCRIPT -> assertThat(stream.end.get(20, TimeUnit.SECONDS)).isEqualTo(BYTES);
      case RUST ->
          assertThat(session.ended.get(20, TimeUnit.SECONDS))
              .isInstanceOf(SessionEnd.TransportLost.class);
    }
  }

  private void awaitGoingAway() throws InterruptedException {
    while (!(session.events.poll(20, TimeUnit.SECONDS) instanceof SessionEvent.PeerGoingAway)) {
      assertThat(session.ended).isNotDone();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void peerHearsThatWeGoAway(int code) throws Exception {
    assertThat(session.program.ask("hold " + BYTES)).isEqualTo("ok");
    StreamChannel channel = session.nextAccepted();

    session.sendGoAway(code);
    session.program.tell("reads-end");

    if (library == PeerLibrary.HASHICORP && code == 0) {
      channel.shutdownOutput();
    }
    assertThat(session.program.answer()).isEqualTo(endOfStreams(code));
    assertThat(session.program.ask("open 1 1")).startsWith("error");
  }

  /** What readers of its streams learn when we have gone away; more often than not an end. */
  private String endOfStreams(int code) {
    return switch (library) {
      case HASHICORP, RUST -> "eof";
      case GO_LIBP2P -> "error";
      case JAVASCRIPT -> code == 0 ? "eof" : "error";
    };
  }

  @Test
  void sessionThatWeCloseEndsForThePeer() throws Exception {
    session.closeSession();

    assertThat(session.ended.get(20, TimeUnit.SECONDS)).isInstanceOf(SessionEnd.Closed.class);
    assertThat(session.program.ask("open 1 1")).startsWith("error");
  }
}
