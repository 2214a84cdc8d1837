package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a visitor may stall within a request, and how long a service may: everything in one
 * thread, on clocks that stand. A stall ends after 60 s, or with the look that comes next.
 */
final class StallTest {
  private static final String HOST = " HTTP/1.1\r\nHost: app.localhost\r\n";
  private static final int MAX_STALL_SECONDS = 80;

  private StandingGround ground;
  private EmbeddedSocket visitor;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new StandingGround(state);
    visitor = ground.visitor();
    ground.edge().acceptHttp(visitor);
  }

  @AfterEach
  void close() {
    ground.close();
  }

  private void send(String text) {
    visitor.bring(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    ground.drive();
  }

  private ServiceConnection serve() throws Exception {
    ServiceConnection service = ground.serve();
    service.readHead();
    return service;
  }

  private void respond(ServiceConnection service, String text) {
    ground.respond(service, text);
  }

  private void advance(int seconds) {
    ground.advance(seconds);
  }

  private String output() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out; (out = visitor.readOutbound()) != null; out.release()) {
      text.append(out.toString(StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  @Test
  void uploadThatStopsIsAnsweredAndItsStreamReset() throws Exception {
    send("POST /" + HOST + "Content-Length: 9\r\n\r\nabc");
    ServiceConnection service = serve();
    advance(59);
    assertThat(output()).isEmpty();

    advance(MAX_STALL_SECONDS - 59);

    assertThat(output()).startsWith("HTTP/1.1 408 ").contains("connection: close");
    assertThat(service.stream().isActive()).isFalse();
    assertThat(visitor.isOpen()).isFalse();
  }

  @Test
  void uploadThatTricklesGoesOn() throws Exception {
    send("POST /" + HOST + "Content-Length: 9\r\n\r\n");
    ServiceConnection service = serve();

    for (int i = 0; i < 9; i++) {
      advance(55);
      send("x");
    }

    service.readTo("x".repeat(9));
    assertThat(visitor.isOpen()).isTrue();
  }

  @Test
  void serviceMayThinkAsLongAsItWants() throws Exception {
    send("POST /" + HOST + "Content-Length: 3\r\n\r\nabc");
    ServiceConnection service = serve();

    advance(3600);
    respond(service, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");

    assertThat(output()).endsWith("hi");
  }

  @Test
  void serviceMayStreamAsSlowlyAsItWants() throws Exception {
    send("GET /" + HOST + "\r\n");
    ServiceConnection service = serve();
    respond(service, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    output();

    for (int i = 0; i < 3; i++) {
      advance(600);
      respond(service, "1\r\nx\r\n");
      assertThat(output()).contains("x");
    }
  }

  @Test
  void answerThatBeganBeforeTheUploadEndedMayStreamSlowlyToo() throws Exception {
    send("POST /" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
    ServiceConnection service = serve();
    respond(service, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    output();

    advance(600);
    respond(service, "1\r\nx\r\n");

    assertThat(output()).contains("x");
  }

  @Test
  void visitorThatWaitsForContinueIsNotStalling() throws Exception {
    send("POST /" + HOST + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    ServiceConnection service = serve();
    advance(600);
    assertThat(output()).isEmpty();

    respond(service, "HTTP/1.1 100 Continue\r\n\r\n");
    assertThat(output()).startsWith("HTTP/1.1 100 ");
    advance(MAX_STALL_SECONDS);

    assertThat(output()).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void visitorThatTakesNothingIsCut() throws Exception {
    send("GET /" + HOST + "\r\n");
    ServiceConnection service = serve();
    visitor.stopTaking();
    respond(service, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    advance(59);
    assertThat(visitor.isOpen()).isTrue();

    advance(MAX_STALL_SECONDS - 59);

    assertThat(visitor.isOpen()).isFalse();
    assertThat(service.stream().isActive()).isFalse();
  }

  @Test
  void visitorThatTakesSomethingNowAndThenGoesOn() throws Exception {
    send("GET /" + HOST + "\r\n");
    ServiceConnection service = serve();
    respond(service, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");

    for (int i = 0; i < 20; i++) {
      visitor.stopTaking();
      respond(service, "1\r\nx\r\n");
      advance(50);
      visitor.take();
    }

    assertThat(visitor.isOpen()).isTrue();
  }

  @Test
  void answerOfTheEdgeThatIsNotTakenEndsTheConnectionToo() {
    visitor.stopTaking();
    send("GET / HTTP/1.1\r\nHost: no.localhost\r\nConnection: close\r\n\r\n");

    advance(MAX_STALL_SECONDS);

    assertThat(visitor.isOpen()).isFalse();
  }

  @Test
  void upgradedConnectionMayRestAsLongAsItWants() throws Exception {
    send("GET /" + HOST + "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    ServiceConnection service = serve();
    respond(
        service,
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    output();

    advance(2 * 3600);

    assertThat(visitor.isOpen()).isTrue();
    send("ping");
    service.readTo("ping");
    respond(service, "pong");
    assertThat(output()).isEqualTo("pong");
  }
}
