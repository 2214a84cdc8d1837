package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Switching to WebSocket: when it happens, and what becomes of bytes around it. */
final class UpgradeTest {
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

  private static final String UPGRADE =
      "Host: app.localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n";
  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

  @Test
  void bytesBehindThe101ReachTheVisitor() throws Exception {
    visitor.send("GET / HTTP/1.1\r\n" + UPGRADE + "\r\n");
    ServiceConnection service = ground.serve();
    assertThat(service.readHead())
        .containsIgnoringCase("\r\nconnection: upgrade\r\n")
        .containsIgnoringCase("\r\nupgrade: websocket\r\n");

    service.send(SWITCHED + "early");

    assertThat(visitor.readHead()).startsWith("HTTP/1.1 101 ");
    assertThat(visitor.readTo("early")).isEqualTo("early");
    visitor.send("GET / HTTP/1.1\r\n\r\n");
    assertThat(service.readHead()).isEqualTo("GET / HTTP/1.1\r\n\r\n");
  }

  @Test
  void bytesBehindTheRequestAreNotDecodedBeforeTheAnswer() throws Exception {
    visitor.send(
        "GET / HTTP/1.1\r\n" + UPGRADE + "\r\nGET /no HTTP/1.1\r\nno header at all\r\n\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();
    assertThat(service.hasMore()).isFalse();

    service.send(SWITCHED);

    assertThat(visitor.readHead()).startsWith("HTTP/1.1 101 ");
    assertThat(service.readHead()).isEqualTo("GET /no HTTP/1.1\r\nno header at all\r\n\r\n");
  }

  @Test
  void bytesBehindADeclinedUpgradeAreTheNextRequest() throws Exception {
    visitor.send(
        "GET / HTTP/1.1\r\n" + UPGRADE + "\r\nGET /next HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();
    assertThat(service.hasMore()).isFalse();

    service.respond("no");

    assertThat(visitor.readResponse()).endsWith("no");
    assertThat(service.readHead()).startsWith("GET /next ");
  }

  @Test
  void declinedUpgradeIsAnOrdinaryAnswer() throws Exception {
    visitor.send("GET / HTTP/1.1\r\n" + UPGRADE + "\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.respond("no");
    assertThat(visitor.readResponse()).endsWith("no");

    visitor.get("/next");

    assertThat(service.readHead()).startsWith("GET /next ");
  }

  @Test
  void switchThatNobodyAskedForIsRefused() throws Exception {
    visitor.get("/");
    ServiceConnection service = ground.serve();
    service.readHead();

    service.send(SWITCHED);

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ").contains("bad-upgrade");
    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void switchWithinARequestIsRefused() throws Exception {
    visitor.send("GET / HTTP/1.1\r\n" + UPGRADE + "Content-Length: 5\r\n\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();

    service.send(SWITCHED);

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ").contains("bad-upgrade");
    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void otherProtocolsAreNotAskedFor() throws Exception {
    visitor.send(
        "GET / HTTP/1.1\r\nHost: app.localhost\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n");

    assertThat(ground.serve().readHead()).doesNotContainIgnoringCase("upgrade");
  }

  @Test
  void visitorThatLeavesBeforeTheAnswerFreesTheStream() throws Exception {
    visitor.send("GET / HTTP/1.1\r\n" + UPGRADE + "\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();

    visitor.close();

    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void visitorThatLeavesResetsTheService() throws Exception {
    visitor.send("GET / HTTP/1.1\r\n" + UPGRADE + "\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.send(SWITCHED);
    visitor.readHead();
    visitor.send("x");
    service.readTo("x");

    visitor.cut();

    assertThat(service.awaitFinish()).isFalse();
  }
}
