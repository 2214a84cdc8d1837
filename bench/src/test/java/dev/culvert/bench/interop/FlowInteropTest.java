package dev.culvert.bench.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.mux.SessionEvent;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Slow readers and pings. */
@ExtendWith(UnreadSessions.class)
@ParameterizedClass
@MethodSource("dev.culvert.bench.interop.Setup#all")
@Timeout(180)
final class FlowInteropTest {
  private static final int BYTES = 8 << 20;

  private final PeerLibrary library;
  private final PeerSession session;

  FlowInteropTest(Setup setup, @TempDir Path state) throws Exception {
    library = setup.library();
    session = setup.start(state);
  }

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void peerThatReadsSlowlyLosesNothing() throws Exception {
    assertThat(session.program.ask("slow " + BYTES)).isEqualTo("ok");
    assertThat(session.failures).isEmpty();
  }

  @Test
  void nothingIsLostWhereWeReadSlowly() throws Exception {
    PatternStream stream = PatternStream.slow(BYTES);

    session.open(stream);

    assertThat(stream.end.get(60, TimeUnit.SECONDS)).isEqualTo(BYTES);
  }

  @Test
  void pingsOfThePeerAreAnswered() throws Exception {
    assumeTrue(library.canPing(), "the library pings when it likes");

    assertThat(session.program.ask("ping")).isEqualTo("ok");
  }

  @Test
  void pingsOfOursAreAnswered() throws Exception {
    session.ping();

    assertThat(session.events.poll(20, TimeUnit.SECONDS))
        .isInstanceOf(SessionEvent.RoundTrip.class);
  }
}
