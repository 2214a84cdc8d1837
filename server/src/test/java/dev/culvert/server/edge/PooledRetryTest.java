package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.StreamStatus;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests to a name that two clients share, of which the first is asked first. */
@Timeout(60)
final class PooledRetryTest {
  private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  @TempDir private Path state;
  private EdgeGround ground;
  private ClientSession second;
  private TestVisitor visitor;

  @BeforeEach
  void open() throws Exception {
    ground = EdgeGround.openOnTwoLoops(state);
    second = ground.join();
    visitor = ground.visit();
  }

  @AfterEach
  void close() throws Exception {
    visitor.close();
    ground.close();
  }

  private void send(String method) throws Exception {
    visitor.send(method + " / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 0\r\n\r\n");
  }

  private static void refuse(ServiceConnection service) {
    service.answer(new StreamStatus(StreamStatus.Code.REFUSED, "nobody listens"));
  }

  private void answer(ServiceConnection service, String body) throws Exception {
    service.readHead();
    service.respond(body);
    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 200 ").endsWith(body);
  }

  @Test
  void requestsTakeTurns() throws Exception {
    send("GET");
    answer(ground.serve(), "1");
    send("GET");
    answer(second.serve(), "2");
  }

  @Test
  void requestThatReachedNoServiceGoesToTheOtherClientWhateverItsMethod() throws Exception {
    send("POST");
    refuse(ground.arrival());

    answer(second.serve(), "2");
  }

  @Test
  void bodyThatReachedNoServiceGoesToTheOtherClientFromItsStart() throws Exception {
    visitor.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 9\r\n\r\nhel");
    ServiceConnection first = ground.arrival();
    first.readTo("hel");
    visitor.send("lo ");
    first.readTo("lo ");
    refuse(first);
    ServiceConnection other = second.serve();
    other.readHead();
    other.readTo("hello ");

    visitor.send("you");

    other.readTo("you");
    other.respond("2");
    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 200 ").endsWith("2");
  }

  @Test
  void chunkedBodyGoesThereWithItsTrailers() throws Exception {
    String body = "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n";
    visitor.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    visitor.send(body);
    ServiceConnection first = ground.arrival();
    first.readTo("X-Sum: 1\r\n\r\n");
    refuse(first);

    ServiceConnection other = second.serve();
    other.readHead();
    assertThat(other.readTo("X-Sum: 1\r\n\r\n")).isEqualTo("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
    other.respond("2");
    assertThat(visitor.readResponse()).endsWith("2");
  }

  @Test
  void bodyOfWhichMoreThanIsKeptWasSentGoesToNobodyElse() throws Exception {
    int length = SentBody.MAX_BYTES + 1;
    visitor.send("PUT / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: " + length);
    visitor.send("\r\n\r\n" + "x".repeat(length - 1) + "y");
    ServiceConnection first = ground.arrival();
    first.readTo("xy");
    refuse(first);

    assertThat(visitor.readResponse()).contains("culvert-error: local-service-down");
    assertThat(second.hasArrivals()).isFalse();
  }

  @Test
  void bodyThatMayHaveReachedAServiceGoesToNobodyElse() throws Exception {
    visitor.send("PUT / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 5\r\n\r\nhello");
    ground.serve().readTo("hello");
    ground.cutFirst();

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(second.hasArrivals()).isFalse();
  }

  @Test
  void clientThatLeavesTakesNoRequestWithItThatMayBeRepeated() throws Exception {
    send("PUT");
    ground.serve().readHead();
    ground.cutFirst();

    answer(second.serve(), "2");
  }

  @Test
  void clientThatLeavesTakesWithItWhatMayNotBeRepeated() throws Exception {
    send("POST");
    ground.serve().readHead();
    ground.cutFirst();

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(second.hasArrivals()).isFalse();
  }

  @Test
  void clientThatCannotBeAskedGetsNothingNotEvenABody() throws Exception {
    ground.cutFirst();
    visitor.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 5\r\n\r\nhello");

    ServiceConnection service = second.serve();
    service.readTo("hello");
    service.respond("2");
    assertThat(visitor.readResponse()).endsWith("2");
  }

  @Test
  void whereNoClientHasAServiceTheVisitorIsToldOnce() throws Exception {
    send("GET");
    refuse(ground.arrival());
    refuse(second.arrival());

    assertThat(visitor.readResponse()).contains("culvert-error: local-service-down");
    assertThat(ground.hasArrivals() || second.hasArrivals()).isFalse();
  }

  @Test
  void clientWhoseServiceFailsThreeTimesIsNotAskedForAWhile() throws Exception {
    int failures = 0;
    while (failures < 3) {
      send("POST");
      if (isFirstAsked()) {
        refuse(ground.arrival());
        failures++;
      }
      answerAndClose(second.serve());
    }

    for (int i = 0; i < 4; i++) {
      send("POST");
      answerAndClose(second.serve());
    }
    assertThat(ground.hasArrivals()).isFalse();
  }

  /** Which client a request has gone to, once it has. */
  private boolean isFirstAsked() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(EdgeGround.PATIENCE_SECONDS);
    while (!ground.hasArrivals() && !second.hasArrivals()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
    return ground.hasArrivals();
  }

  private void answerAndClose(ServiceConnection service) throws Exception {
    service.readHead();
    service.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n2");
    assertThat(visitor.readResponse()).endsWith("2");
  }

  @Test
  void upgradedConnectionCountsUntilItEnds() throws Exception {
    visitor.send("GET /ws HTTP/1.1\r\nHost: app.localhost\r\n" + UPGRADE);
    ServiceConnection first = ground.serve();
    first.readHead();
    first.send("HTTP/1.1 101 Switching Protocols\r\n" + UPGRADE);
    visitor.readHead();
    TestVisitor upgraded = visitor;
    try (upgraded) {
      visitor = ground.visit();
      for (int i = 0; i < 3; i++) {
        send("POST");
        answerAndClose(second.serve());
      }
      assertThat(ground.hasArrivals()).isFalse();
    }
    first.awaitFinish();
    first.finish();
    first.awaitClosed();

    int asked = 0;
    for (int i = 0; asked < 5; i++) { // the edge hears of the end a moment after the service
      assertThat(i).as("requests of which the first client got %d", asked).isLessThan(500);
      send("POST");
      boolean isFirst = isFirstAsked();
      asked += isFirst ? 1 : 0;
      answerAndClose(isFirst ? ground.serve() : second.serve());
    }
  }
}
