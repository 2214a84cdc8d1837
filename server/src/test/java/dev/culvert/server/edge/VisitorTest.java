package dev.culvert.server.edge;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.visitor.VisitorSettings;
import dev.culvert.tls.CertificateStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a visitor may take, and how much is kept for one that takes nothing. */
final class VisitorTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: no.localhost\r\n\r\n";
  private static final int KEPT_BYTES = 256 * 1024;

  private final EmbeddedSocket socket = new EmbeddedSocket();

  @BeforeEach
  void accept(@TempDir Path state) throws Exception {
    RouteTable routes =
        RouteTable.open(
            "localhost",
            new PortRange(1, 1),
            state.resolve("leases.json"),
            Duration.ofHours(1),
            Clock.systemUTC());
    new HttpEdge(
            routes,
            new CertificateStore(Clock.systemUTC()),
            VisitorSettings.STANDARD,
            new RuleBook(() -> 443),
            AccessLog.off())
        .acceptHttp(socket);
  }

  @AfterEach
  void close() {
    socket.finishAndReleaseAll();
  }

  private void send(String text) {
    socket.bring(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private int outputBytes() {
    int bytes = 0;
    for (ByteBuf out; (out = socket.readOutbound()) != null; out.release()) {
      bytes += out.readableBytes();
    }
    return bytes;
  }

  @Test
  void firstHeadMustBeWholeInTenSecondsHoweverItTrickles() {
    for (int i = 0; i < 9; i++) {
      send(REQUEST.substring(i, i + 1));
      socket.advance(1, SECONDS);
    }
    socket.advance(999, MILLISECONDS);
    assertThat(socket.isOpen()).isTrue();

    socket.advance(1, MILLISECONDS);

    assertThat(socket.isOpen()).isFalse();
  }

  @Test
  void nextHeadMayTakeSeventyFiveSeconds() {
    send(REQUEST);
    assertThat(outputBytes()).isPositive();
    socket.advance(74, SECONDS);
    send("GET");
    assertThat(socket.isOpen()).isTrue();

    socket.advance(1, SECONDS);

    assertThat(socket.isOpen()).isFalse();
  }

  @Test
  void bodyThatNeverComesBehindAnAnswerEndsTheConnection() {
    send("POST / HTTP/1.1\r\nHost: no.localhost\r\nContent-Length: 9\r\n\r\nabc");
    assertThat(outputBytes()).isPositive();
    socket.advance(74, SECONDS);
    assertThat(socket.isOutputShutdown()).isFalse();

    socket.advance(1, SECONDS);
    assertThat(socket.isOutputShutdown()).isTrue();
    socket.advance(2, SECONDS);

    assertThat(socket.isOpen()).isFalse();
  }

  @Test
  void lastAnswerIsGivenTheTimeItTakes() {
    socket.stopTaking();
    send(
        "POST / HTTP/1.1\r\nHost: no.localhost\r\nConnection: close\r\n"
            + "Content-Length: 9\r\n\r\nabc");
    socket.advance(60, SECONDS);
    assertThat(socket.isOpen()).isTrue();
    assertThat(socket.isOutputShutdown()).isFalse();

    socket.take();

    assertThat(outputBytes()).isPositive();
    assertThat(socket.isOutputShutdown()).isTrue();
    socket.advance(2, SECONDS);
    assertThat(socket.isOpen()).isFalse();
  }

  @Test
  void visitorThatTakesNoAnswersIsReadNoMore() {
    socket.stopTaking();
    int requests = 0;
    while (socket.isReadPending() && requests < 10_000) {
      send(REQUEST);
      requests++;
    }
    assertThat(socket.isReadPending()).isFalse();

    socket.take();

    assertThat(outputBytes()).isBetween(1, KEPT_BYTES);
    assertThat(socket.isReadPending()).isTrue();
  }

  @Test
  void requestsOfOneReadAreNotAnsweredBeyondWhatIsTaken() {
    socket.stopTaking();
    int requests = 2000;

    send(REQUEST.repeat(requests));

    long kept = socket.unsafe().outboundBuffer().totalPendingWriteBytes();
    assertThat(kept).isBetween(1L, (long) KEPT_BYTES);
    int answers = 0;
    for (int i = 0; i < requests && answers < requests; i++) {
      socket.take();
      answers += answers();
    }
    assertThat(answers).isEqualTo(requests);
    assertThat(socket.isReadPending()).isTrue();
  }

  private int answers() {
    int answers = 0;
    for (ByteBuf out; (out = socket.readOutbound()) != null; out.release()) {
      answers += out.toString(StandardCharsets.ISO_8859_1).split("HTTP/1.1 404 ", -1).length - 1;
    }
    return answers;
  }

  @Test
  void visitorThatTakesItsAnswersIsReadOn() {
    for (int i = 0; i < 1000; i++) {
      assertThat(socket.isReadPending()).isTrue();
      send(REQUEST);
      assertThat(outputBytes()).isPositive();
    }
  }

  @Test
  void requestsOfOneReadAreAllAnsweredInOrder() {
    send(REQUEST.repeat(50) + "POST / HTTP/1.1\r\nHost: no.localhost\r\nContent-Length: 3\r\n\r\n");
    assertThat(socket.isReadPending()).isTrue();

    send("abc" + REQUEST);

    assertThat(socket.isReadPending()).isTrue();
    assertThat(outputBytes()).isPositive();
  }
}
