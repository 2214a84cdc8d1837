package dev.culvert.server.edge;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.control.ServiceProtocol;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.route.StreamOpener;
import dev.culvert.server.rules.Gate;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.visitor.TrustedProxies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
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

  private final EmbeddedSocket visitor = new EmbeddedSocket();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final EmbeddedChannel client = new EmbeddedChannel();
  private final ArrayDeque<ServiceConnection> arrivals = new ArrayDeque<>();

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    MuxHandler mux =
        new MuxHandler(
            Role.SERVER, SessionConfig.STANDARD, new ChannelInboundHandlerAdapter(), event -> {});
    server.freezeTime();
    client.freezeTime();
    server.pipeline().addLast(mux);
    client
        .pipeline()
        .addLast(new MuxHandler(Role.CLIENT, SessionConfig.STANDARD, new Service(), event -> {}));
    RouteTable routes =
        RouteTable.open(
            "localhost",
            new PortRange(1, 1),
            state.resolve("leases.json"),
            Duration.ofHours(1),
            Clock.systemUTC());
    StreamOpener opener =
        (preamble, initializer) ->
            mux.open(
                new ChannelInitializer<StreamChannel>() {
                  @Override
                  protected void initChannel(StreamChannel stream) {
                    ByteBuf bytes = stream.alloc().buffer();
                    preamble.write(bytes);
                    stream.writeAndFlush(bytes);
                    stream.pipeline().addLast(initializer);
                  }
                });
    routes.open(
        new RouteTable.Request(
            TunnelKind.HTTP, "holder", Permissions.STANDARD, "key", "app", false, 0),
        name -> new Route(TunnelKind.HTTP, name, 0, 1, "test", opener));
    routes.open(
        new RouteTable.Request(
            TunnelKind.HTTP, "holder", Permissions.STANDARD, "other", "calls", false, 0),
        name ->
            new Route(
                TunnelKind.HTTP, name, "", 0, 2, "test", Gate.OPEN, opener, ServiceProtocol.H2C));
    new HttpEdge(routes, TrustedProxies.NONE, new RuleBook(() -> 443), AccessLog.off())
        .acceptHttp(visitor);
  }

  @AfterEach
  void close() {
    visitor.finishAndReleaseAll();
    drive();
    server.finishAndReleaseAll();
    client.finishAndReleaseAll();
  }

  /** Runs tasks and carries the session's bytes until nothing happens any more. */
  private void drive() {
    boolean moved = true;
    while (moved) {
      visitor.runPendingTasks();
      server.runPendingTasks();
      client.runPendingTasks();
      moved = carry(server, client);
      moved |= carry(client, server);
    }
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    ByteBuf bytes = from.readOutbound();
    if (bytes != null) {
      to.writeInbound(bytes);
    }
    return bytes != null;
  }

  private void send(String text) {
    visitor.bring(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    drive();
  }

  /** The service takes the connection that the request was sent on. */
  private ServiceConnection serve() throws Exception {
    drive();
    ServiceConnection service = arrivals.remove();
    service.answer(StreamStatus.CONNECTED);
    drive();
    service.readHead();
    return service;
  }

  private void respond(ServiceConnection service, String text) {
    service.send(text);
    drive();
  }

  private void advance(int seconds) {
    for (int i = 0; i < seconds; i++) {
      visitor.advance(1, SECONDS);
      drive();
    }
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
  void callWhoseEndsAreQuietGoesOn() {
    String fields = "Content-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n";
    send("POST / HTTP/1.1\r\nHost: calls.localhost\r\n" + fields);
    drive();
    arrivals.remove().answer(StreamStatus.CONNECTED);

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

  @ChannelHandler.Sharable
  private final class Service extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel stream) {
      ServiceConnection connection = new ServiceConnection(stream);
      stream.pipeline().addLast(connection.handler());
      arrivals.add(connection);
    }
  }
}
