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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What visitors without TLS may begin with, where HTTP/2 is among it. */
final class CleartextChoiceTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";

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
        .acceptHttpOrHttp2(socket, null);
  }

  @AfterEach
  void close() {
    socket.finishAndReleaseAll();
  }

  private void send(String text) {
    socket.bring(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private String output() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out; (out = socket.readOutbound()) != null; out.release()) {
      text.append(out.toString(StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "P", "PRI", "PRI *", "PRIVATE"})
  void whatIsNoPrefaceIsHttp1WhereverTheReadsPartIt(String start) {
    String request = start.replaceAll(" .*", "") + " / HTTP/1.1\r\nHost: no.localhost\r\n\r\n";

    send(request.substring(0, start.length()));
    send(request.substring(start.length()));

    assertThat(output()).startsWith("HTTP/1.1 404 ");
    send("GET / HTTP/1.1\r\nHost: no.localhost\r\n\r\n");
    assertThat(output()).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void prefaceIsHttp2WhereverTheReadsPartIt() {
    for (int i = 0; i < PREFACE.length(); i++) {
      assertThat(output()).isEmpty();
      send(PREFACE.substring(i, i + 1));
    }
    send(SETTINGS);

    assertThat(output().charAt(3)).as("type of the first frame").isEqualTo('\4');
    assertThat(socket.isOpen()).isTrue();
  }

  @Test
  void prefaceAndWhatIsBehindItMayComeAtOnce() {
    send(PREFACE + SETTINGS + "\0\0\10\6\0\0\0\0\0" + "12345678");

    assertThat(output()).as("the answer to a ping").endsWith("\0\0\10\6\1\0\0\0\0" + "12345678");
  }

  @Test
  void itMustBeClearInTenSeconds() {
    send("PRI * HTTP/2.0\r\n\r\n");
    socket.advance(9999, MILLISECONDS);
    assertThat(socket.isOpen()).isTrue();

    socket.advance(1, MILLISECONDS);

    assertThat(socket.isOpen()).isFalse();
    assertThat(output()).isEmpty();
  }

  @Test
  void headOfHttp1MustBeWholeInTenSecondsFromThereOn() {
    send("P");
    socket.advance(9, SECONDS);
    send("O");
    socket.advance(9, SECONDS);
    assertThat(socket.isOpen()).isTrue();

    socket.advance(1, SECONDS);

    assertThat(socket.isOpen()).isFalse();
  }

  @Test
  void visitorThatLeavesBeforeItIsClearLeavesNothingBehind() {
    send("PRI");

    socket.close();
    socket.advance(1, SECONDS);

    assertThat(output()).isEmpty();
    assertThat(socket.runScheduledPendingTasks()).as("time to the next task").isEqualTo(-1);
  }
}
