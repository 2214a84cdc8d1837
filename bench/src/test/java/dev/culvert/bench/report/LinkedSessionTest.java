package dev.culvert.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.LeakCheck;
import dev.culvert.bench.link.LinkSettings;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.netty.SessionEndedException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Keepalive on a path with delay, between real sockets and under TLS. */
@Timeout(90)
@ExtendWith(LeakCheck.class)
final class LinkedSessionTest {
  private static final long PATIENCE_SECONDS = 20;
  private static final LinkSettings LINK = LinkSettings.of(Duration.ofMillis(20), 1_000_000_000);

  @TempDir private Path state;

  private LinkedSession start(SessionConfig config) throws Exception {
    return new LinkedSession(config, LINK, LinkedSession.Tls.create(state));
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void assertEchoes(LinkedSession session) throws Exception {
    PingPongHandler pings = new PingPongHandler(0);
    session.client.mux.open(pings).sync();
    assertThat(await(pings.result)).isNotEmpty();
  }

  private static SessionEvent.RoundTrip awaitRoundTrip(LinkedEnd end) throws Exception {
    SessionEvent event = end.events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(event).isInstanceOf(SessionEvent.RoundTrip.class);
    return (SessionEvent.RoundTrip) event;
  }

  @Test
  void bothEndsNoticeAPathThatFallsSilent() throws Exception {
    FailureHandler stream = new FailureHandler();
    try (LinkedSession session = start(SessionConfig.STANDARD)) {
      session.server.mux.open(new BulkHandler()).sync();
      session.client.mux.open(stream).sync();
      assertEchoes(session);

      session.link.stall();
      long stalledNanos = System.nanoTime();

      for (LinkedEnd end : List.of(session.client, session.server)) {
        assertThat(end.ended.get(15 + PATIENCE_SECONDS, TimeUnit.SECONDS))
            .isEqualTo(new SessionEnd.TransportLost("no byte for 15 s", null));
      }
      Duration elapsed = Duration.ofNanos(System.nanoTime() - stalledNanos);
      assertThat(elapsed).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(20));
      assertThat(await(stream.failure)).isInstanceOf(SessionEndedException.class);
      assertThat(session.client.connection.join().closeFuture().await(PATIENCE_SECONDS * 1000))
          .isTrue();
      assertThat(session.server.connection.join().closeFuture().await(PATIENCE_SECONDS * 1000))
          .isTrue();
    }
  }

  @Test
  void idleSessionOutlivesTheTimeout() throws Exception {
    SessionConfig quick =
        SessionConfig.STANDARD.withKeepAlive(Duration.ofMillis(200), Duration.ofSeconds(2));
    try (LinkedSession session = start(quick)) {
      for (int i = 0; i < 12; i++) { // at least 200 ms apart: longer than the timeout
        awaitRoundTrip(session.client);
      }

      assertThat(session.client.ended).isNotDone();
      assertThat(session.server.ended).isNotDone();
      assertEchoes(session);
    }
  }

  @Test
  void roundTripIsTheLinksAndToldToItsOwner() throws Exception {
    try (LinkedSession session = start(SessionConfig.STANDARD)) {
      session.client.loop.execute(() -> session.client.mux.session().ping());

      Duration roundTrip = Duration.ofNanos(awaitRoundTrip(session.client).nanos());

      assertThat(roundTrip).isBetween(Duration.ofMillis(40), Duration.ofSeconds(4));
    }
  }

  /** Keeps why its stream failed. */
  private static final class FailureHandler extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failure.complete(cause);
    }
  }
}
