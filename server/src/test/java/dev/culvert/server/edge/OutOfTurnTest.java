package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a service says behind an answer is no other request's answer, however soon one comes. */
@Timeout(60)
final class OutOfTurnTest {
  private static final String SURPLUS = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";

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

  private void sendBoth(String method) throws Exception {
    String head = " HTTP/1.1\r\nHost: app.localhost\r\n\r\n";
    visitor.send(method + " /first" + head + "GET /second" + head);
  }

  private void assertSecondIsAnsweredItself() throws Exception {
    ServiceConnection other = ground.serve();
    assertThat(other.readHead()).startsWith("GET /second ");
    other.respond("second");
    assertThat(visitor.readResponse()).endsWith("second");
  }

  @Test
  void surplusIsNotTheAnswerOfARequestThatWaits() throws Exception {
    sendBoth("GET");
    ServiceConnection service = ground.serve();
    service.readHead();

    service.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst" + SURPLUS);

    assertThat(visitor.readResponse()).endsWith("first");
    assertSecondIsAnsweredItself();
  }

  @Test
  void bodyThatAHeadIsAnsweredWithIsNoOtherRequestsAnswer() throws Exception {
    sendBoth("HEAD");
    ServiceConnection service = ground.serve();
    service.readHead();

    service.send("HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n" + SURPLUS);

    assertThat(visitor.readHead()).startsWith("HTTP/1.1 200 ");
    assertSecondIsAnsweredItself();
  }

  @Test
  void halfAnAnswerTooManyIsNotGoneOnWith() throws Exception {
    sendBoth("GET");
    ServiceConnection service = ground.serve();
    service.readHead();

    service.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst" + SURPLUS.substring(0, 20));

    assertThat(visitor.readResponse()).endsWith("first");
    assertSecondIsAnsweredItself();
  }

  @Test
  void waitingRequestTakesTheSameConnectionWhereThereIsNoSurplus() throws Exception {
    sendBoth("GET");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.respond("first");

    assertThat(service.readHead()).startsWith("GET /second ");
    service.respond("second");
    assertThat(visitor.readResponse()).endsWith("first");
    assertThat(visitor.readResponse()).endsWith("second");
  }
}
