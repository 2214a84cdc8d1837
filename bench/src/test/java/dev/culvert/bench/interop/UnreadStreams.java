package dev.culvert.bench.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Role;
import dev.culvert.mux.netty.StreamChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A session with one stream from either side, each with bytes that its other end leaves unread.
 *
 * <p>80 s of that is more than the 75 s after which HashiCorp's library kills a session that has
 * not acknowledged a stream.
 */
final class UnreadStreams implements AutoCloseable {
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(80);
  private static final int BYTES = 100_000;

  private final PeerSession session;
  private final PatternStream ours = PatternStream.unfinished(BYTES);
  private final StreamChannel ourChannel;
  private final StreamChannel theirChannel;
  private final long startNanos;

  UnreadStreams(PeerLibrary library) throws Exception {
    session = new PeerSession(library, Role.SERVER, Wrapping.PLAIN, Path.of("unused"));
    session.accept(AcceptedStream.Hold::new);
    assertThat(session.program.ask("accept hold")).isEqualTo("ok");
    ourChannel = session.open(ours);
    assertThat(session.program.ask("hold " + BYTES)).isEqualTo("ok");
    theirChannel = session.nextAccepted();
    startNanos = System.nanoTime();
  }

  /** Waits until the time has passed; then all that was sent must still be there. */
  void assertThatTheyGoOn() throws Exception {
    TimeUnit.NANOSECONDS.sleep(IDLE_NANOS - (System.nanoTime() - startNanos));
    assertThat(session.ended).isNotDone();
    assertThat(ours.started).isNotDone();

    theirChannel.eventLoop().execute(() -> AcceptedStream.Hold.release(theirChannel));
    ourChannel.shutdownOutput();
    assertThat(session.program.ask("release")).isEqualTo("ok");
    assertThat(ours.end.get(20, TimeUnit.SECONDS)).isEqualTo(BYTES);
    assertThat(session.failures).isEmpty();
    assertThat(session.ended).isNotDone();
  }

  @Override
  public void close() {
    session.close();
  }
}
