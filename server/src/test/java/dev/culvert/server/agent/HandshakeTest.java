package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.netty.MuxHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First words that are wrong, late, too long or too many. */
final class HandshakeTest {
  private AgentGround ground;
  private TestClient client;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new AgentGround(state);
    client = new TestClient(ground);
  }

  @AfterEach
  void close() {
    client.server.finishAndReleaseAll();
    ground.close();
  }

  private void assertRefused(EndCode code) throws Exception {
    assertThat(client.answer())
        .isInstanceOfSatisfying(
            HelloAnswer.Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    assertThat(client.server.isOpen()).isFalse();
    assertThat(ground.agents.size()).isZero();
  }

  @Test
  void helloIsWelcomedAndTheMuxTakesOver() throws Exception {
    client.greet(ground.hello(AgentGround.ANN, null));

    assertThat(client.server.pipeline().get(MuxHandler.class)).isNotNull();
    assertThat(client.server.pipeline().get(Handshake.class)).isNull();
    client.advance(11);
    assertThat(client.server.isOpen()).isTrue();
  }

  @Test
  void helloMayComeByteByByte() throws Exception {
    ByteBuf hello = ControlCodec.encode(ground.hello(AgentGround.ANN, null));
    while (hello.readableBytes() > 1) {
      client.send(hello.readBytes(1));
      assertThat(client.answer()).isNull();
    }
    client.send(hello);

    assertThat(client.answer()).isInstanceOf(HelloAnswer.Welcome.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"type\":1}",
        "{\"type\":\"welcome\"}",
        "{\"type\":\"hello\"}",
        "{\"type\":\"hello\",\"version\":\"x\"}",
        "{\"type\":\"hello\",\"version\":1,\"token\":\"t\",\"instance\":\"short\","
            + "\"maxStreams\":1,\"software\":\"s\"}",
        "{\"type\":\"hello\",\"version\":1,\"token\":\"t\","
            + "\"instance\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"maxStreams\":0,\"software\":\"s\"}"
      })
  void malformedHelloIsRefused(String json) throws Exception {
    client.send(TestClient.frame(json));

    assertRefused(EndCode.UNSUPPORTED);
  }

  @Test
  void deeplyNestedHelloIsRefused() throws Exception {
    client.send(TestClient.frame("[".repeat(ControlProtocol.MAX_MESSAGE_BYTES)));

    assertRefused(EndCode.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(ints = {ControlProtocol.MAX_MESSAGE_BYTES + 1, Integer.MAX_VALUE, -1, 0x16030100})
  void oversizeHelloIsRefusedByItsLength(int length) throws Exception {
    client.send(Unpooled.buffer().writeInt(length));

    assertRefused(EndCode.UNSUPPORTED);
  }

  @Test
  void otherVersionIsRefused() throws Exception {
    client.send(
        ControlCodec.encode(
            new Hello(2, ground.token.text(), AgentGround.ANN, null, 16, "culvert test")));

    assertRefused(EndCode.UNSUPPORTED);
  }

  @Test
  void wordsBehindHelloAreRefused() throws Exception {
    ByteBuf hello = ControlCodec.encode(ground.hello(AgentGround.ANN, null));

    client.send(Unpooled.wrappedBuffer(hello, Unpooled.buffer().writeByte(0)));

    assertRefused(EndCode.UNSUPPORTED);
  }

  @Test
  void silenceIsCutOffAfterTenSeconds() {
    client.advance(9);
    assertThat(client.server.isOpen()).isTrue();

    client.advance(1);

    assertThat(client.server.isOpen()).isFalse();
  }

  @Test
  void tricklingHelloIsCutOffAfterTenSeconds() {
    ByteBuf hello = ControlCodec.encode(ground.hello(AgentGround.ANN, null));
    for (int i = 0; i < 10; i++) {
      assertThat(client.server.isOpen()).isTrue();
      client.send(hello.readBytes(1));
      client.advance(1);
    }
    hello.release();

    assertThat(client.server.isOpen()).isFalse();
  }

  @Test
  void wrongTokenIsUnauthorized() throws Exception {
    Secret wrong = new Secret(ground.token.text().reveal().substring(1));
    ground.warm(wrong);

    client.send(
        ControlCodec.encode(new Hello(1, wrong, AgentGround.ANN, null, 16, "culvert test")));

    assertRefused(EndCode.UNAUTHORIZED);
  }

  @Test
  void revokedTokenIsUnauthorized() throws Exception {
    ground.tokens.revoke("laptop");
    ground.verifier.reloadIfChanged();
    ground.warm(ground.token.text());

    client.send(ControlCodec.encode(ground.hello(AgentGround.ANN, null)));

    assertRefused(EndCode.UNAUTHORIZED);
  }

  @Test
  void sessionThatIsNotThereCannotBeJoined() throws Exception {
    client.send(ControlCodec.encode(ground.hello(AgentGround.ANN, "0123456789abcdef")));

    assertRefused(EndCode.BUSY);
  }

  @Test
  void serverThatStopsLetsNobodyIn() throws Exception {
    assertThat(ground.agents.close().isDone()).isTrue();

    client.send(ControlCodec.encode(ground.hello(AgentGround.ANN, null)));

    assertRefused(EndCode.BUSY);
  }

  @Test
  void peerThatDidNotAgreeToTheProtocolIsCutOff() throws Exception {
    client.server.pipeline().addFirst(new SslHandler(SSLContext.getDefault().createSSLEngine()));

    client.server.pipeline().fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);

    assertThat(client.server.isOpen()).isFalse();
  }

  @Test
  void connectionsOnTheirWayAreLimitedAndThoseThatArrivedDoNotCount() throws Exception {
    client.greet(ground.hello(AgentGround.ANN, null));
    List<TestClient> waiting = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      waiting.add(new TestClient(ground));
    }

    assertThat(waiting).allMatch(each -> each.server.isOpen());
    assertThat(new TestClient(ground).server.isOpen()).isFalse();

    waiting.getFirst().greet(ground.hello(AgentGround.BOB, null));
    assertThat(new TestClient(ground).server.isOpen()).isTrue();
  }
}
