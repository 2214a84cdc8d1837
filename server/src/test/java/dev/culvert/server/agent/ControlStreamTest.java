package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ClientMessage.CloseTunnel;
import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.control.ServerMessage.SessionEnding;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.FoundRoute;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may ask for on its control stream, and what ends its session. */
final class ControlStreamTest {
  private AgentGround ground;
  private TestClient client;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new AgentGround(state);
    client = ground.connect(AgentGround.ANN);
  }

  @AfterEach
  void close() {
    client.cut();
    ground.close();
  }

  private static void assertRefused(ServerMessage answer, int tunnel, TunnelRefusalCode code) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> {
              assertThat(refusal.tunnel()).isEqualTo(tunnel);
              assertThat(refusal.code()).isEqualTo(code);
            });
  }

  private void assertEnded(EndCode code) {
    assertThat(client.heard.remove())
        .isInstanceOfSatisfying(
            SessionEnding.class, ending -> assertThat(ending.code()).isEqualTo(code));
    assertThat(client.server.isOpen()).isFalse();
    assertThat(ground.agents.size()).isZero();
  }

  @Test
  void tunnelIsOpenedUnderTheNameAndClosed() {
    assertThat(client.openHttp(7, "App")).isEqualTo(new TunnelOpened(7, List.of("url:app")));
    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNotNull();

    client.say(new CloseTunnel(7));

    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNull();
    assertThat(client.openHttp(7, "app")).isInstanceOf(TunnelOpened.class);
  }

  @Test
  void numberIsUsedOnce() {
    client.openHttp(7, "app");

    ServerMessage answer = client.openHttp(7, "other");

    assertRefused(answer, 7, TunnelRefusalCode.EXHAUSTED);
    assertThat(((TunnelRefused) answer).message()).contains("number 7").doesNotContain("100");

    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNotNull();
    assertThat(FoundRoute.of(ground.routes, "other.localhost")).isNull();
  }

  @Test
  void closingATunnelThatIsNotThereChangesNothing() {
    client.openHttp(7, "app");

    client.say(new CloseTunnel(8));

    assertThat(client.server.isOpen()).isTrue();
    assertThat(FoundRoute.of(ground.routes, "app.localhost")).isNotNull();
  }

  @Test
  void hundredAndFirstTunnelIsOneTooMany() {
    for (int i = 0; i < 100; i++) {
      assertThat(client.openHttp(i, null)).isInstanceOf(TunnelOpened.class);
    }

    assertRefused(client.openHttp(100, null), 100, TunnelRefusalCode.EXHAUSTED);

    client.say(new CloseTunnel(0));
    assertThat(client.openHttp(100, null)).isInstanceOf(TunnelOpened.class);
  }

  @Test
  void portThatCannotBeListenedOnIsRefusedAndGivenBack() {
    ground.portFailure = new IOException("in use by others");
    assertRefused(client.openTcp(1, 101), 1, TunnelRefusalCode.INVALID);
    assertThat(ground.listening).isEmpty();

    ground.portFailure = null;

    assertThat(client.openTcp(1, 101)).isEqualTo(new TunnelOpened(1, List.of("url:tcp/101")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"type\":\"open-sesame\"}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"udp\",\"key\":\"k\"}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"tcp\",\"key\":\"k\",\"port\":65536}",
        "not JSON"
      })
  void malformedMessageEndsTheSession(String json) {
    client.say(TestClient.frame(json));

    assertEnded(EndCode.UNSUPPORTED);
  }

  @Test
  void endOfTheControlStreamEndsTheSession() {
    client.control().shutdownOutput();
    client.drive();

    assertEnded(EndCode.SHUTDOWN);
  }

  @Test
  void resetOfTheControlStreamEndsTheSession() {
    client.control().close();
    client.drive();

    assertThat(client.server.isOpen()).isFalse();
    assertThat(ground.agents.size()).isZero();
  }

  @Test
  void secondStreamIsResetAndTheSessionLives() {
    StreamChannel second = client.openStream(new ChannelInboundHandlerAdapter());

    assertThat(second.isOpen()).isFalse();
    assertThat(client.openHttp(1, "app")).isInstanceOf(TunnelOpened.class);
  }

  @Test
  void clientThatDoesNotTakeAnswersIsReadNoMore() {
    client.control().config().setAutoRead(false);
    OpenTunnel invalid = new OpenTunnel(1, TunnelKind.TCP, "key", null, 1);
    ByteBuf requests = ControlCodec.encode(invalid);
    int count = 20_000;
    ByteBuf flood = client.control().alloc().buffer(count * requests.readableBytes());
    for (int i = 0; i < count; i++) {
      flood.writeBytes(requests, 0, requests.readableBytes());
    }
    requests.release();

    client.say(flood);

    assertThat(client.control().isWritable()).isFalse();
    client.control().config().setAutoRead(true);
    client.drive();
    assertThat(client.heard).hasSize(count);
    assertThat(client.control().isWritable()).isTrue();
  }
}
