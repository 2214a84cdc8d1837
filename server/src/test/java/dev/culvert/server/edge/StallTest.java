package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.visitor.Patience;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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

  @TempDir private Path state;
  private StandingGround ground;
  private EmbeddedSocket visitor;
  private RequestCount decoded;

  @BeforeEach
  void open() throws Exception {
    open(Patience.STANDARD);
  }

  private void open(Patience patience) throws Exception {
    ground = new StandingGround(state, patience);
    visitor = ground.visitor();
    decoded = new RequestCount();
    ground.edge().acceptHttp(visitor, decoded);
  }

  /** A visitor of an edge that has that much patience. */
  private void visitWith(Patience patience) throws Exception {
    ground.close();
    open(patience);
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
  void requestsBehindTheOneThatIsBeingAnsweredWaitUndecodedAndUnread() throws Exception {
    send(("GET /" + HOST + "\r\n").repeat(1000));
    ServiceConnection service = serve();

    assertThat(decoded.requests).isEqualTo(1);
    assertThat(visitor.isReadPending()).isFalse();
    respond(service, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

    assertThat(decoded.requests).isEqualTo(2);
    assertThat(visitor.isReadPending()).isFalse();
  }

  @Test
  void bytesAheadOfA101AreReadOnce() throws Exception {
    send("GET /" + HOST + "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    serve();
    assertThat(visitor.isReadPending()).as("whether it leaves").isTrue();

    send("early");

    assertThat(visitor.isReadPending()).isFalse();
  }

  @Test
  void callWhoseEndsAreQuietGoesOn() throws Exception {
    String fields = "Content-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n";
    send("POST / HTTP/1.1\r\nHost: calls.localhost\r\n" + fields);
    ground.serve();

    advance(3600);

    assertThat(output()).isEmpty();
    assertThat(visitor.isOpen()).isTrue();
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
  void uploadThatIsSlowerThanItHasToBeIsAnswered() throws Exception {
    visitWith(new Patience(Duration.ZERO, 10));
    send("POST /" + HOST + "Content-Length: 9000\r\n\r\n");
    ServiceConnection service = serve();
    for (int i = 0; i < 4; i++) {
      send("b".repeat(105));
      advance(10);
    }
    assertThat(output()).isEmpty();

    for (int i = 0; i < 4 && visitor.isOpen(); i++) {
      send("b".repeat(90));
      advance(10);
    }

    assertThat(output()).startsWith("HTTP/1.1 408 ");
    assertThat(service.stream().isActive()).isFalse();
  }

  @Test
  void noRateIsAskedOfAVisitorThatWaitsForTheService() throws Exception {
    visitWith(new Patience(Duration.ZERO, 10));
    send("POST /" + HOST + "Content-Length: 9\r\n\r\nabcdefghi");
    ServiceConnection service = serve();

    advance(300);

    respond(service, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assertThat(output()).endsWith("ok");
  }

  @Test
  void serviceThatTakesTooLongIsCutAndTheVisitorTold() throws Exception {
    visitWith(new Patience(Duration.ofSeconds(30), 0));
    send("POST /" + HOST + "Content-Length: 4\r\n\r\nbody");
    ServiceConnection service = serve();
    advance(29);
    assertThat(output()).isEmpty();

    advance(1);

    assertThat(output()).startsWith("HTTP/1.1 504 ").contains("response-timeout", "30 s");
    assertThat(service.stream().isActive()).isFalse();
    send("GET /next" + HOST + "\r\n");
    respond(serve(), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assertThat(output()).endsWith("ok");
  }

  @Test
  void timeForAnAnswerIsNotThatOfTheRequestOrOfTheRest() throws Exception {
    visitWith(new Patience(Duration.ofSeconds(30), 0));
    send("POST /" + HOST + "Content-Length: 4\r\n\r\nbo");
    ServiceConnection service = serve();
    advance(40);
    send("dy");
    advance(20);
    respond(service, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");

    advance(100);

    respond(service, "ok");
    assertThat(output()).startsWith("HTTP/1.1 200 ").endsWith("ok");
  }

  @Test
  void interimAnswerGivesTheServiceMoreTime() throws Exception {
    visitWith(new Patience(Duration.ofSeconds(30), 0));
    send("GET /" + HOST + "\r\n");
    ServiceConnection service = serve();
    advance(20);
    respond(service, "HTTP/1.1 103 Early Hints\r\n\r\n");
    advance(29);
    assertThat(output()).startsWith("HTTP/1.1 103 ").doesNotContain("504");

    advance(1);

    assertThat(output()).startsWith("HTTP/1.1 504 ");
  }

  @Test
  void serviceThatIsAskedWhetherToContinueHasThatTimeToo() throws Exception {
    visitWith(new Patience(Duration.ofSeconds(30), 0));
    send("POST /" + HOST + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    var _ = serve();

    advance(30);

    assertThat(output()).startsWith("HTTP/1.1 504 ");
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

  private static final class RequestCount extends ChannelInboundHandlerAdapter {
    private int requests;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      requests += message instanceof HttpRequest ? 1 : 0;
      ctx.fireChannelRead(message);
    }
  }
}
