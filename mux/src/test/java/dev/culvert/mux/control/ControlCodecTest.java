package dev.culvert.mux.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.mux.control.ClientMessage.CloseTunnel;
import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.ClientMessage.TunnelHealth;
import dev.culvert.mux.control.HelloAnswer.Refusal;
import dev.culvert.mux.control.HelloAnswer.Welcome;
import dev.culvert.mux.control.ServerMessage.SessionEnding;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ControlCodecTest {
  private static final Secret INSTANCE = new Secret("0123456789abcdef0123456789abcdef");

  static Stream<Hello> hellos() {
    return Stream.of(
        new Hello(1, new Secret("token"), INSTANCE, null, 4096, "culvert 0.1.0"),
        new Hello(2, new Secret("\"quotes\" <&> \\ \u0000 ü 🙂"), INSTANCE, "session", 1, ""));
  }

  static Stream<HelloAnswer> answers() {
    return Stream.concat(
        Stream.of(new Welcome("session", 1, "culvertd 0.1.0")),
        Arrays.stream(EndCode.values()).map(code -> new Refusal(code, "no: " + code)));
  }

  static Stream<ClientMessage> clientMessages() {
    return Stream.of(
        new OpenTunnel(1, TunnelKind.HTTP, "key", "name", 0),
        new OpenTunnel(-1, TunnelKind.TCP, "", null, 65535),
        new OpenTunnel(2, TunnelKind.HTTP, "key", "name", 0, "/api", true, null),
        new TunnelHealth(1, true),
        new TunnelHealth(Integer.MIN_VALUE, false),
        new CloseTunnel(Integer.MAX_VALUE));
  }

  static Stream<ServerMessage> serverMessages() {
    return Stream.concat(
        Stream.of(
            new TunnelOpened(1, List.of("https://a.example", "http://a.example")),
            new TunnelOpened(2, List.of("https://a.example"), true),
            new SessionEnding(EndCode.SUPERSEDED, "")),
        Arrays.stream(TunnelRefusalCode.values()).map(code -> new TunnelRefused(2, code, "no")));
  }

  @ParameterizedTest
  @MethodSource("hellos")
  void helloComesBackAsItWas(Hello hello) throws Exception {
    assertThat(Wires.readByteByByte(ControlCodec.encode(hello), ControlCodec::readHello))
        .isEqualTo(hello);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void answerComesBackAsItWas(HelloAnswer answer) throws Exception {
    assertThat(Wires.readByteByByte(ControlCodec.encode(answer), ControlCodec::readHelloAnswer))
        .isEqualTo(answer);
  }

  @ParameterizedTest
  @MethodSource("clientMessages")
  void clientMessageComesBackAsItWas(ClientMessage message) throws Exception {
    assertThat(Wires.readByteByByte(ControlCodec.encode(message), ControlCodec::readClientMessage))
        .isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("serverMessages")
  void serverMessageComesBackAsItWas(ServerMessage message) throws Exception {
    assertThat(Wires.readByteByByte(ControlCodec.encode(message), ControlCodec::readServerMessage))
        .isEqualTo(message);
  }

  @Test
  void messageStandsOnTheWireAsTheProtocolSays() {
    ByteBuf bytes = ControlCodec.encode(new OpenTunnel(1, TunnelKind.HTTP, "k", null, 0));

    String json =
        "{\"tunnel\":1,\"kind\":\"http\",\"key\":\"k\",\"port\":0,\"pool\":false,\"type\":\"open-tunnel\"}";
    assertThat(bytes).isEqualTo(Wires.framed(json));
  }

  @Test
  void whatFollowsAMessageIsLeftAlone() throws Exception {
    ByteBuf in = ControlCodec.encode(new CloseTunnel(1));
    in.writeBytes(ControlCodec.encode(new CloseTunnel(2))).writeByte(0);

    assertThat(ControlCodec.readClientMessage(in)).isEqualTo(new CloseTunnel(1));
    assertThat(ControlCodec.readClientMessage(in)).isEqualTo(new CloseTunnel(2));
    assertThat(ControlCodec.readClientMessage(in)).isNull();
    assertThat(in.readableBytes()).isEqualTo(1);
  }

  @Test
  void fieldsOfNewerPeersAreIgnored() throws Exception {
    ByteBuf in =
        Wires.framed(
            "{\"later\":{\"deep\":[1,{\"x\":null}]},\"type\":\"close-tunnel\",\"tunnel\":3,\"why\":1e9}");

    assertThat(ControlCodec.readClientMessage(in)).isEqualTo(new CloseTunnel(3));
  }

  @Test
  void absentAndNullOptionalFieldsAreNone() throws Exception {
    String start = "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"tcp\",\"key\":\"k\"";

    OpenTunnel expected = new OpenTunnel(1, TunnelKind.TCP, "k", null, 0);
    assertThat(ControlCodec.readClientMessage(Wires.framed(start + "}"))).isEqualTo(expected);
    assertThat(ControlCodec.readClientMessage(Wires.framed(start + ",\"name\":null}")))
        .isEqualTo(expected);
    assertThat(ControlCodec.readClientMessage(Wires.framed(start + ",\"path\":null}")))
        .isEqualTo(expected);
  }

  @Test
  void messageOfTheLargestSizePassesAndALargerOneIsNotWritten() throws Exception {
    int overhead = json(new SessionEnding(EndCode.BUSY, "")).length();
    SessionEnding largest =
        new SessionEnding(EndCode.BUSY, "x".repeat(ControlProtocol.MAX_MESSAGE_BYTES - overhead));

    assertThat(ControlCodec.readServerMessage(ControlCodec.encode(largest))).isEqualTo(largest);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ControlCodec.encode(new SessionEnding(EndCode.BUSY, largest.message() + "x")))
        .withMessage("message: 65537 bytes (expected: at most 65536)");
  }

  @Test
  void secretsAreNotInTheTextOfAHello() {
    Hello hello = new Hello(1, new Secret("the-token"), INSTANCE, null, 1, "culvert");

    assertThat(hello.toString()).doesNotContain("the-token", INSTANCE.reveal());
  }

  private static String json(ServerMessage message) {
    return ControlCodec.encode(message).skipBytes(4).toString(StandardCharsets.UTF_8);
  }
}
