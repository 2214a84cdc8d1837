package dev.culvert.bench.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.netty.StreamResetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sessions with the yamux implementations of others, over loopback. Where a toolchain is missing
 * the tests are skipped and say so; with {@code CI=true} in the environment they fail instead.
 */
@ParameterizedClass
@MethodSource("setups")
@Timeout(180)
final class YamuxInteropTest {
  /** A library, the role of our end, and what the bytes travel in. */
  record Setup(PeerLibrary library, Role role, Wrapping wrapping) {}

  /** Streams of one size at a time; around the sizes at which something changes. */
  private record Load(int streams, long bytes) {}

  private static final List<Load> LOADS =
      List.of(
          new Load(1, 0),
          new Load(1, 1),
          new Load(1, 16_371),
          new Load(1, 16_372),
          new Load(1, 16_373),
          new Load(1, 65_536),
          new Load(1, 262_143),
          new Load(1, 262_144),
          new Load(1, 262_145),
          new Load(1, 64 << 20),
          new Load(100, 300_000),
          new Load(256, 65_536),
          new Load(257, 16_373),
          new Load(1000, 1000));

  private final Setup setup;
  private PeerSession session;

  YamuxInteropTest(Setup setup) {
    this.setup = setup;
  }

  static Stream<Setup> setups() {
    return Arrays.stream(PeerLibrary.values())
        .flatMap(library ->
            Stream.of(
                new Setup(library, Role.CLIENT, Wrapping.PLAIN),
                new Setup(library, Role.SERVER, Wrapping.TLS)));
  }

  @BeforeEach
  void start(@TempDir Path state) throws Exception {
    String problem = setup.library().problem();
    if (problem != null && System.getenv("CI") != null) {
      throw new AssertionError(setup.library() + ": " + problem);
    }
    assumeTrue(problem == null, () -> setup.library() + ": " + problem);
    session = new PeerSession(setup.library(), setup.role(), setup.wrapping(), state);
  }

  @AfterEach
  void stop() {
    if (session != null) {
      session.close();
    }
  }

  @Test
  void streamsThatWeOpenEchoToTheirEnd() throws Exception {
    for (Load load : LOADS) {
      List<PatternStream> streams = new ArrayList<>();
      for (int i = 0; i < load.streams(); i++) {
        PatternStream stream = PatternStream.of(load.bytes());
        session.open(stream);
        streams.add(stream);
      }
      for (PatternStream stream : streams) {
        assertThat(stream.end.get(60, TimeUnit.SECONDS)).as("%s", load).isEqualTo(load.bytes());
      }
    }
    assertThat(session.ended).isNotDone();
  }

  @Test
  void streamsThatThePeerOpensEchoToTheirEnd() throws Exception {
    for (Load load : LOADS) {
      assertThat(session.program.ask("open " + load.streams() + " " + load.bytes()))
          .as("%s", load)
          .isEqualTo("ok");
    }
    assertThat(session.failures).isEmpty();
    assertThat(session.ended).isNotDone();
  }

  @Test
  void slowReaderHoldsItsSenderBackAndLosesNothing() throws Exception {
    assertThat(session.program.ask("slow " + (8 << 20))).isEqualTo("ok");
  }

  @Test
  void streamThatThePeerResetsFailsHere() throws Exception {
    assumeTrue(setup.library().canReset(), "the library resets no single streams");

    assertThat(session.program.ask("reset 100000")).isEqualTo("ok");

    assertThat(session.failures.poll(20, TimeUnit.SECONDS))
        .isInstanceOf(StreamResetException.class);
    assertThat(session.program.ask("open 1 1000")).isEqualTo("ok");
  }

  @Test
  void streamThatWeResetFailsThereAndTheSessionGoesOn() throws Exception {
    PatternStream stream = PatternStream.unfinished(100_000);
    StreamChannel channel = session.open(stream);
    stream.started.get(20, TimeUnit.SECONDS);

    channel.close().sync();

    assertThat(session.program.ask("open 1 1000")).isEqualTo("ok");
    assertThat(session.ended).isNotDone();
  }

  @Test
  void pingsAreAnsweredBothWays() throws Exception {
    assertThat(session.program.ask("ping")).isEqualTo("ok");
    session.events.clear();

    session.ping();

    assertThat(session.events.poll(20, TimeUnit.SECONDS))
        .isInstanceOf(SessionEvent.RoundTrip.class);
  }

  @Test
  void manyStreamsThatEndBeforeTheyWereAcknowledgedLeaveNothing() throws Exception {
    assertThat(session.program.ask("fin 300 100")).isEqualTo("ok");
    assertThat(session.program.ask("open 10 100000")).isEqualTo("ok");
    assertThat(session.ended).isNotDone();
  }

  @Test
  void peerThatGoesAwayTakesNoMoreStreams() throws Exception {
    assertThat(session.program.ask("goaway")).isEqualTo("ok");
    while (!(session.events.poll(20, TimeUnit.SECONDS) instanceof SessionEvent.PeerGoingAway)) {
      assertThat(session.ended).isNotDone();
    }

    assertThatThrownBy(() -> session.open(PatternStream.of(1)))
        .isInstanceOf(ExecutionException.class);
  }

  @Test
  void sessionThatWeCloseEndsForThePeer() throws Exception {
    session.closeSession();

    assertThat(session.ended.get(20, TimeUnit.SECONDS)).isInstanceOf(SessionEnd.Closed.class);
    assertThat(session.program.ask("open 1 1")).startsWith("error");
  }
}
