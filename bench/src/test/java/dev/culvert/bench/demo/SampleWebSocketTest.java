package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // JUnit sets both before the first test.
class SampleWebSocketTest {
  private static final String UPGRADE =
      """
      GET /ws HTTP/1.1
      Host: a
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==

      """;

  private static SampleApp app;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    app = SampleApp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.shutdownNow();
    app.close();
  }

  @Test
  void textComesBackWithItsFragmentsJoined() throws Exception {
    Received received = new Received();
    WebSocket socket = open(received);

    socket.sendText("flie", false).get();
    socket.sendText("ßt ", false).get();
    socket.sendText("水", true).get();

    assertThat(received.next()).isEqualTo("text fließt 水");
    socket.abort();
  }

  @Test
  void binaryOfSixteenMebibytesComesBack() throws Exception {
    Received received = new Received();
    WebSocket socket = open(received);
    byte[] message = new PatternBytes(5).next(16 << 20);

    socket.sendBinary(ByteBuffer.wrap(message), true).get();

    assertThat(received.next()).isEqualTo("binary " + (16 << 20));
    assertThat(received.lastBinary()).isEqualTo(message);
    socket.abort();
  }

  @Test
  void longerFrameIsClosedAsTooBig() throws Exception {
    try (RawHttp raw = new RawHttp(app.address())) {
      raw.send(UPGRADE).readThrough("\r\n\r\n");
      String masked = "82ff" + HexFormat.of().toHexDigits((16L << 20) + 1) + "00000000";

      byte[] answer = raw.send(HexFormat.of().parseHex(masked)).readBytes(4);

      assertThat(answer[0]).isEqualTo((byte) 0x88);
      assertThat(ByteBuffer.wrap(answer).getShort(2)).isEqualTo((short) 1009);
    }
  }

  @Test
  void fragmentsBeyondTheLimitAreClosedAsTooBig() {
    EmbeddedChannel channel =
        new EmbeddedChannel(new WebSocketFrameAggregator(10), new WebSocketEcho());

    channel.writeInbound(new BinaryWebSocketFrame(false, 0, Unpooled.buffer().writeZero(9)));
    channel.writeInbound(new ContinuationWebSocketFrame(true, 0, Unpooled.buffer().writeZero(2)));

    CloseWebSocketFrame close = channel.readOutbound();
    assertThat(close.statusCode()).isEqualTo(1009);
    assertThat(channel.isOpen()).isFalse();
    close.release();
  }

  @Test
  void pingComesBackAsPong() throws Exception {
    Received received = new Received();
    WebSocket socket = open(received);

    socket.sendPing(ByteBuffer.wrap("still there".getBytes(StandardCharsets.UTF_8))).get();

    assertThat(received.next()).isEqualTo("pong still there");
    socket.abort();
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 3000, 4999})
  void closeComesBackWithItsCode(int code) throws Exception {
    try (RawHttp raw = new RawHttp(app.address())) {
      raw.send(UPGRADE).readThrough("\r\n\r\n");
      String masked = "8882" + "00000000" + HexFormat.of().toHexDigits((short) code);

      String answer = raw.send(HexFormat.of().parseHex(masked)).readToEnd();

      String expected = "8802" + HexFormat.of().toHexDigits((short) code);
      assertThat(HexFormat.of().formatHex(answer.getBytes(StandardCharsets.ISO_8859_1)))
          .isEqualTo(expected);
    }
  }

  @Test
  void closeWithoutCodeComesBackWithoutCode() throws Exception {
    try (RawHttp raw = new RawHttp(app.address())) {
      raw.send(UPGRADE).readThrough("\r\n\r\n");

      String answer = raw.send(HexFormat.of().parseHex("888000000000")).readToEnd();

      assertThat(HexFormat.of().formatHex(answer.getBytes(StandardCharsets.ISO_8859_1)))
          .isEqualTo("8800");
    }
  }

  @Test
  void acceptKeyIsTheOneOfTheHandshake() throws Exception {
    try (RawHttp raw = new RawHttp(app.address())) {
      String key = UPGRADE.replace("AAAAAAAAAAAAAAAAAAAAAA==", "dGhlIHNhbXBsZSBub25jZQ==");

      String head = raw.send(key).readThrough("\r\n\r\n");

      assertThat(head)
          .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
          .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
    }
  }

  @Test
  void plainRequestIsAskedToUpgrade() throws Exception {
    try (RawHttp raw = new RawHttp(app.address())) {
      String head = raw.send("GET /ws HTTP/1.1\nHost: a\n\n").readThrough("\r\n\r\n");

      assertThat(head)
          .startsWith("HTTP/1.1 426 Upgrade Required\r\n")
          .contains("upgrade: websocket\r\n")
          .contains("sec-websocket-version: 13\r\n");
    }
  }

  private static WebSocket open(Received received) throws Exception {
    URI uri = URI.create("ws://127.0.0.1:" + app.address().getPort() + "/ws");
    return http.newWebSocketBuilder().buildAsync(uri, received).get(20, TimeUnit.SECONDS);
  }
}
