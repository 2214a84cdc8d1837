package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.StreamStatus;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a request that failed is sent again, and when it must not be. */
final class RetryTest {
  @TempDir private Path state;
  private EdgeGround ground;
  private TestVisitor visitor;

  @BeforeEach
  void open() throws Exception {
    ground = EdgeGround.open(state);
    visitor = ground.visit();
  }

  @AfterEach
  void close() throws Exception {
    visitor.close();
    ground.close();
  }

  private ServiceConnection usedOnce() throws Exception {
    visitor.get("/first");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.respond("1");
    visitor.readResponse();
    return service;
  }

  private void send(String method) throws Exception {
    visitor.send(method + " /again HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 0\r\n\r\n");
  }

  private static void refuse(ServiceConnection service) {
    service.answer(new StreamStatus(StreamStatus.Code.REFUSED, "nobody <b>listens</b>"));
  }

  @Test
  void idempotentRequestOnAReusedConnectionGoesOutAgain() throws Exception {
    ServiceConnection first = usedOnce();
    send("PUT");
    first.readHead();
    first.cut();

    ServiceConnection second = ground.serve();
    assertThat(second.readHead()).startsWith("PUT /again HTTP/1.1\r\n");
    second.respond("2");
    assertThat(visitor.readResponse()).endsWith("2");
    send("GET");
    assertThat(second.readHead()).as("its end was sent again, too").startsWith("GET /again ");
  }

  @Test
  void itGoesOutTwiceAtMost() throws Exception {
    ServiceConnection first = usedOnce();
    send("GET");
    first.readHead();
    first.cut();
    ServiceConnection second = ground.serve();
    second.readHead();
    second.cut();

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void requestThatIsNotIdempotentGoesOutOnce() throws Exception {
    ServiceConnection first = usedOnce();
    send("POST");
    first.readHead();
    first.cut();

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void requestOnANewConnectionGoesOutOnce() throws Exception {
    visitor.get("/");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.cut();

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void requestWhoseBodyHasBegunGoesOutOnce() throws Exception {
    ServiceConnection first = usedOnce();
    visitor.send("PUT / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 5\r\n\r\nhel");
    first.readTo("hel");
    first.cut();

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void requestThatWasHeardGoesOutOnce() throws Exception {
    ServiceConnection first = usedOnce();
    send("GET");
    first.readHead();
    first.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    visitor.readHead();
    first.cut();

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void requestThatWasAnsweredWithNoHttpGoesOutOnce() throws Exception {
    ServiceConnection first = usedOnce();
    send("GET");
    first.readHead();
    first.send("220 mail.example ESMTP\r\n\r\n");

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(ground.hasArrivals()).isFalse();
    assertThat(first.awaitFinish()).isFalse();
  }

  @Test
  void requestThatTheServiceRefusedIsAnsweredAtOnceWhateverItsMethod() throws Exception {
    for (String method : new String[] {"GET", "POST"}) {
      send(method);
      refuse(ground.arrival());

      assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
      assertThat(ground.hasArrivals()).isFalse();
    }
  }

  @Test
  void refusalBehindARetryIsTheLast() throws Exception {
    ServiceConnection first = usedOnce();
    send("GET");
    first.readHead();
    first.cut();
    refuse(ground.arrival());

    assertThat(visitor.readResponse()).contains("culvert-error: local-service-down");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void refusalIsTheVisitorsWithItsReasonEscaped() throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: app.localhost\r\nAccept: text/html\r\n\r\n");
    refuse(ground.arrival());

    assertThat(visitor.readResponse())
        .startsWith("HTTP/1.1 502 ")
        .contains("culvert-error: local-service-down")
        .contains("Behind app.localhost: nobody &lt;b&gt;listens&lt;/b&gt;.");
  }

  @Test
  void failureNamesWhatDidNotAnswerAndWhyInWordsForVisitors() throws Exception {
    send("GET");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.cut();
    assertThat(visitor.readResponse())
        .contains("The service behind app.localhost cut the connection unanswered.")
        .doesNotContain("stream");

    send("GET");
    service = ground.serve();
    service.readHead();
    service.finish();
    assertThat(visitor.readResponse())
        .contains("The service behind app.localhost did not answer: ")
        .doesNotContain("stream");

    send("GET");
    service = ground.serve();
    service.readHead();
    service.send("220 mail.example ESMTP\r\n\r\n");
    assertThat(visitor.readResponse())
        .contains("The service behind app.localhost answered with no valid HTTP.");
  }
}
