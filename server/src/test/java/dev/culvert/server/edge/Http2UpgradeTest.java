package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets in HTTP/2 (RFC 8441), to a service that knows HTTP/1.1, on clocks that stand. */
final class Http2UpgradeTest {
  private static final Pattern KEY = Pattern.compile("(?i)\r\nsec-websocket-key: (\\S+)\r\n");
  private static final String SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final EmbeddedChannel visitor = new EmbeddedChannel();
  private final List<String> heard = new ArrayList<>();
  private StandingGround ground;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new StandingGround(state);
    ground.edge().addHttp2(ground.visitor(), "https");
    visitor.freezeTime();
    visitor
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient().build(),
            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
    drive();
  }

  @AfterEach
  void close() {
    visitor.finishAndReleaseAll();
    ground.close();
  }

  private void drive() {
    boolean moved = true;
    while (moved) {
      ground.drive();
      visitor.runPendingTasks();
      moved = StandingGround.carry(visitor, ground.visitor());
      moved |= StandingGround.carry(ground.visitor(), visitor);
    }
  }

  private Http2StreamChannel connect(String... fields) {
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(visitor)
            .handler(new Listener(heard))
            .open()
            .syncUninterruptibly()
            .getNow();
    Http2Headers head =
        new DefaultHttp2Headers()
            .method("CONNECT")
            .scheme("https")
            .authority(StandingGround.HOST)
            .path("/chat");
    head.set(":protocol", "websocket");
    for (int i = 0; i < fields.length; i += 2) {
      head.set(fields[i], fields[i + 1]);
    }
    stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, false));
    return stream;
  }

  private void send(Http2StreamChannel stream, String text) {
    stream.writeAndFlush(
        new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII)));
    drive();
  }

  private ServiceConnection serve() throws Exception {
    drive();
    return ground.serve();
  }

  private void respond(ServiceConnection service, String text) {
    ground.respond(service, text);
    drive();
  }

  /** What switches, in answer to the request that the service has got. */
  private static String switched(String head) throws Exception {
    Matcher key = KEY.matcher(head);
    assertThat(key.find()).as(head).isTrue();
    byte[] text = (key.group(1) + SUFFIX).getBytes(StandardCharsets.US_ASCII);
    String accept =
        Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: "
        + accept
        + "\r\nContent-Length: 0\r\n\r\n";
  }

  @Test
  void requestToConnectIsAnUpgradeForTheServiceAndItsSwitchASuccess() throws Exception {
    Http2StreamChannel stream = connect("sec-websocket-version", "13", "sec-websocket-key", "own");
    ServiceConnection service = serve();
    String head = service.readHead();
    assertThat(head)
        .startsWith("GET /chat HTTP/1.1\r\n")
        .containsIgnoringCase("\r\nhost: app.localhost\r\n")
        .containsIgnoringCase("\r\nconnection: upgrade\r\n")
        .containsIgnoringCase("\r\nupgrade: websocket\r\n")
        .containsIgnoringCase("\r\nsec-websocket-version: 13\r\n")
        .doesNotContain(": own");

    respond(service, switched(head) + "hello");
    send(stream, "hi");

    assertThat(heard).containsExactly("200 []", "hello");
    assertThat(service.readTo("hi")).isEqualTo("hi");
  }

  @Test
  void webSocketMayRestAsLongAsItWants() throws Exception {
    Http2StreamChannel stream = connect();
    ServiceConnection service = serve();
    respond(service, switched(service.readHead()));

    ground.advance(2 * 3600);

    send(stream, "ping");
    assertThat(service.readTo("ping")).isEqualTo("ping");
    respond(service, "pong");
    assertThat(heard).containsExactly("200 []", "pong");
    assertThat(ground.visitor().isOpen()).isTrue();
  }

  @Test
  void bytesBehindTheRequestWaitForTheSwitch() throws Exception {
    Http2StreamChannel stream = connect();
    send(stream, "early ");
    send(stream, "and earlier ");
    ServiceConnection service = serve();
    String head = service.readHead();
    assertThat(service.hasMore()).isFalse();

    respond(service, switched(head));
    send(stream, "late");

    assertThat(service.readTo("late")).isEqualTo("early and earlier late");
  }

  @Test
  void switchToAnotherKeyIsNone() throws Exception {
    connect();
    ServiceConnection service = serve();
    String head = service.readHead();

    respond(service, switched(head.replaceFirst("(?i)(sec-websocket-key: )...", "$1AAA")));

    assertThat(heard.getFirst()).isEqualTo("502 [bad-upgrade]");
    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void successThatIsNoSwitchIsNotTakenForOne() throws Exception {
    connect();
    ServiceConnection service = serve();
    service.readHead();

    respond(service, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage");

    assertThat(heard.getFirst()).isEqualTo("502 [bad-upgrade]");
    assertThat(heard).doesNotContain("page");
    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void refusalEndsTheStreamAndLeavesBothConnections() throws Exception {
    Http2StreamChannel stream = connect();
    send(stream, "early");
    ServiceConnection service = serve();
    service.readHead();

    respond(service, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");

    assertThat(heard).containsExactly("403 []", "no", "end", "reset with 0");
    assertThat(stream.isOpen()).isFalse();
    connect();
    drive();
    assertThat(service.readHead()).startsWith("GET /chat ");
  }

  @Test
  void lengthOfWhatIsNoContentIsRefused() {
    connect("content-length", "5");
    drive();

    assertThat(heard).containsExactly("reset with " + Http2Error.PROTOCOL_ERROR.code());
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void otherProtocolsAreNotAskedFor() {
    connect(":protocol", "connect-udp");
    drive();

    assertThat(heard.getFirst()).isEqualTo("501 [bad-protocol]");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void visitorThatResetsResetsTheService() throws Exception {
    Http2StreamChannel stream = connect();
    ServiceConnection service = serve();
    respond(service, switched(service.readHead()));

    stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
    drive();

    assertThat(service.awaitFinish()).isFalse();
    assertThat(heard).containsExactly("200 []");
  }

  @Test
  void serviceThatResetsResetsTheVisitor() throws Exception {
    connect();
    ServiceConnection service = serve();
    respond(service, switched(service.readHead()));

    service.cut();
    drive();

    assertThat(heard).containsExactly("200 []", "reset with " + Http2Error.CANCEL.code());
  }

  @Test
  void eachSideEndsWhenItWants() throws Exception {
    Http2StreamChannel stream = connect();
    ServiceConnection service = serve();
    respond(service, switched(service.readHead()));

    stream.writeAndFlush(new DefaultHttp2DataFrame(true));
    drive();
    assertThat(service.awaitFinish()).isTrue();
    respond(service, "last words");
    service.finish();
    drive();

    assertThat(heard).containsExactly("200 []", "last words", "end");
    assertThat(stream.isOpen()).isFalse();
  }

  @Test
  void endThatTheVisitorHasNotTakenYetCutsNothingOfItsOwn() throws Exception {
    Http2StreamChannel stream = connect();
    ServiceConnection service = serve();
    respond(service, switched(service.readHead()));
    service.stream().config().setAutoRead(false);
    send(stream, "x".repeat(350_000) + "!");
    stream.writeAndFlush(new DefaultHttp2DataFrame(true));
    drive();

    ground.visitor().stopTaking();
    service.finish();
    drive();
    service.stream().config().setAutoRead(true);
    drive();

    assertThat(service.readTo("!")).hasSize(350_001);
    assertThat(service.awaitFinish()).isTrue();
    ground.visitor().take();
    drive();
    assertThat(heard).containsExactly("200 []", "end");
  }

  @Test
  void visitorThatResetsWithBytesUnreadLeavesNothingBehind() throws Exception {
    Http2StreamChannel stream = connect();
    ServiceConnection service = serve();
    service.readHead();
    send(stream, "not read before the answer");
    send(stream, "nor this");

    stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
    drive();

    assertThat(service.awaitFinish()).isFalse();
    ground.advance(80);
    assertThat(ground.visitor().isOpen()).as("without a stream it is idle").isFalse();
  }

  /** Writes down what comes on a stream. */
  private static final class Listener extends ChannelInboundHandlerAdapter {
    private final List<String> heard;

    Listener(List<String> heard) {
      this.heard = heard;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2HeadersFrame frame) {
        Http2Headers head = frame.headers();
        assertThat(head.contains("sec-websocket-accept")).isFalse();
        CharSequence error = head.get("culvert-error");
        heard.add(head.status() + " [" + (error == null ? "" : error) + "]");
      } else if (message instanceof Http2DataFrame frame) {
        if (frame.content().isReadable()) {
          heard.add(frame.content().toString(StandardCharsets.US_ASCII));
        }
        if (frame.isEndStream()) {
          heard.add("end");
        }
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        heard.add("reset with " + reset.errorCode());
      }
      ReferenceCountUtil.release(event);
    }
  }
}
