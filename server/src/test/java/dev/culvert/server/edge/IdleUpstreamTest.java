package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to a service between two requests. */
final class IdleUpstreamTest {
  @TempDir private Path state;
  private EdgeGround ground;
  private TestVisitor visitor;

  @BeforeEach
  void open() throws Exception {
    ground = EdgeGround.openOnTwoLoops(state);
    visitor = ground.visit();
  }

  @AfterEach
  void close() throws Exception {
    visitor.close();
    ground.close();
  }

  private ServiceConnection serveOnce() throws Exception {
    visitor.get("/first");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.respond("1");
    visitor.readResponse();
    return service;
  }

  @Test
  void nextRequestTakesTheSameConnection() throws Exception {
    ServiceConnection service = serveOnce();

    visitor.get("/second");

    assertThat(service.readHead()).startsWith("GET /second ");
  }

  @Test
  void whatAServiceSaysUnaskedIsNobodysAnswer() throws Exception {
    ServiceConnection first = serveOnce();

    first.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");

    assertThat(first.awaitFinish()).isFalse();
    visitor.get("/second");
    ServiceConnection second = ground.serve();
    second.readHead();
    second.respond("2");
    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 200 ").endsWith("2");
  }

  @Test
  void answerThatIsLongerThanItSaidIsCutOffAndNobodysNext() throws Exception {
    visitor.get("/first");
    ServiceConnection first = ground.serve();
    first.readHead();
    first.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\n\r\n");

    assertThat(visitor.readResponse()).endsWith("\r\n\r\n1");
    assertThat(first.awaitFinish()).isFalse();
    visitor.get("/second");
    ServiceConnection second = ground.serve();
    second.readHead();
    second.respond("2");
    assertThat(visitor.readResponse()).endsWith("\r\n\r\n2");
  }

  @Test
  void connectionThatTheServiceClosesIsClosedAndNotTaken() throws Exception {
    ServiceConnection first = serveOnce();

    first.finish();

    assertThat(first.awaitFinish()).isTrue();
    visitor.get("/second");
    ground.serve().readHead();
  }

  @Test
  void serviceThatWillCloseSoonIsNotAskedAgain() throws Exception {
    visitor.get("/first");
    ServiceConnection first = ground.serve();
    first.readHead();
    first.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=1\r\n\r\n");
    visitor.readHead();

    assertThat(first.awaitFinish()).isTrue();
  }

  @Test
  void serviceThatSaysCloseIsNotAskedAgain() throws Exception {
    visitor.get("/first");
    ServiceConnection first = ground.serve();
    first.readHead();
    first.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assertThat(visitor.readHead()).doesNotContainIgnoringCase("connection:");

    assertThat(first.awaitFinish()).isTrue();
    visitor.get("/second");
    ground.serve().readHead();
  }
}
