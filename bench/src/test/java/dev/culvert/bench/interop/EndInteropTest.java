package dev.culvert.bench.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.netty.StreamResetException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How single streams end: finished by one side first, reset, or over before they began. */
@Order(0) // before all others, so that the unread sessions have the time of all
@ExtendWith(UnreadSessions.class)
@ParameterizedClass
@MethodSource("dev.culvert.bench.interop.Setup#all")
@Timeout(180)
final class EndInteropTest {
  private static final int BYTES = 300_000; // more than the first window

  private final PeerLibrary library;
  private final PeerSession session;

  EndInteropTest(Setup setup, @TempDir Path state) throws Exception {
    library = setup.library();
    session = setup.start(state);
  }

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void streamThatThePeerFinishedFirstStillCarriesOurs() throws Exception {
    session.accept(AcceptedStream.Reply::new);

    assertThat(session.program.ask("open 10 " + BYTES)).isEqualTo("ok");
  }

  @Test
  void streamThatWeFinishedFirstStillCarriesThePeers() throws Exception {
    assertThat(session.program.ask("accept reply")).isEqualTo("ok");
    PatternStream stream = PatternStream.of(BYTES);

    session.open(stream);

    assertThat(stream.end.get(20, TimeUnit.SECONDS)).isEqualTo(BYTES);
  }

  @Test
  void streamOfThePeersThatItResetsFailsHere() throws Exception {
    assumeTrue(library.canReset(), "the library resets no single streams");

    assertThat(session.program.ask("reset " + BYTES / 2)).isEqualTo("ok");

    assertThat(session.failures.poll(20, TimeUnit.SECONDS))
        .isInstanceOf(StreamResetException.class);
    assertThatTheSessionGoesOn();
  }

  @Test
  void streamOfOursThatThePeerResetsFailsHere() throws Exception {
    assumeTrue(library.canReset(), "the library resets no single streams");
    assertThat(session.program.ask("accept reset")).isEqualTo("ok");
    PatternStream stream = PatternStream.unfinished(BYTES);

    session.open(stream);

    assertThatThrownBy(() -> stream.end.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(StreamResetException.class);
    assertThat(session.program.ask("accept echo")).isEqualTo("ok");
    assertThatTheSessionGoesOn();
  }

  @Test
  void streamOfThePeersThatWeResetFailsThere() throws Exception {
    assertThat(session.program.ask("hold 1000")).isEqualTo("ok");

    session.nextAccepted().close().sync();

    assertThat(session.program.ask("reads-end"))
        .isEqualTo(library.tellsResetFromEnd() ? "error" : "eof");
    assertThatTheSessionGoesOn();
  }

  @Test
  void streamOfOursThatWeResetLeavesTheSessionGoingOn() throws Exception {
    PatternStream stream = PatternStream.unfinished(BYTES);
    StreamChannel channel = session.open(stream);
    stream.started.get(20, TimeUnit.SECONDS);

    channel.close().sync();

    assertThatTheSessionGoesOn();
  }

  @Test
  void streamsThatEndBeforeTheyWereAcknowledgedLeaveNothing() throws Exception {
    assertThat(session.program.ask("fin 300 100")).isEqualTo("ok");
    assertThatTheSessionGoesOn();
    assertThat(session.failures).isEmpty();
  }

  @Test
  void streamsThatEndUnusedLeaveNothing() throws Exception {
    assertThat(session.program.ask("fin 300 0")).isEqualTo("ok");
    assertThatTheSessionGoesOn();
    assertThat(session.failures).isEmpty();
  }

  /** Streams still work, either way, and those before them have left nothing here. */
  private void assertThatTheSessionGoesOn() throws Exception {
    PatternStream stream = PatternStream.of(BYTES);
    session.open(stream);
    assertThat(stream.end.get(20, TimeUnit.SECONDS)).isEqualTo(BYTES);
    assertThat(session.program.ask("open 10 " + BYTES)).isEqualTo("ok");
    assertThat(session.ended).isNotDone();
    assertThat(session.openStreams()).isZero();
  }
}
