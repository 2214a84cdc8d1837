package dev.culvert.mux.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer may send to break the other end: always a refusal, and never anything else. */
final class HostileMessageTest {
  private static final String OPEN = "{\"type\":\"open-tunnel\",\"kind\":\"tcp\",\"key\":\"k\",";
  private static final String HELLO =
      "{\"type\":\"hello\",\"version\":1,\"token\":\"t\",\"maxStreams\":1,\"software\":\"s\","
          + "\"instance\":\"0123456789abcdef0123456789abcdef\",";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "7",
        "\"open-tunnel\"",
        "[]",
        "[{\"type\":\"close-tunnel\"}]",
        "{}",
        "{",
        "{\"type\":\"close-tunnel\"",
        "{\"type\":\"close-tunnel\",\"tunnel\":1} {}",
        "{\"type\":\"close-tunnel\",\"tunnel\":1}x",
        "{\"tunnel\":1}",
        "{\"type\":null,\"tunnel\":1}",
        "{\"type\":[\"close-tunnel\"],\"tunnel\":1}",
        "{\"type\":7,\"tunnel\":1}",
        "{\"type\":\"Close-Tunnel\",\"tunnel\":1}",
        "{\"type\":\"session-ending\",\"code\":\"busy\",\"message\":\"m\"}",
        "{\"type\":\"hello\"}",
      })
  void whatIsNoMessageOfThisDirectionIsRefused(String json) {
    assertRefused(Wires.framed(json), ControlCodec::readClientMessage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"close-tunnel\",\"tunnel\":null}",
        "{\"type\":\"close-tunnel\",\"tunnel\":\"one\"}",
        "{\"type\":\"close-tunnel\",\"tunnel\":{}}",
        "{\"type\":\"close-tunnel\",\"tunnel\":[1]}",
        "{\"type\":\"close-tunnel\",\"tunnel\":true}",
        "{\"type\":\"close-tunnel\",\"tunnel\":1.5}",
        "{\"type\":\"close-tunnel\",\"tunnel\":4294967297}",
        "{\"type\":\"close-tunnel\",\"tunnel\":99999999999999999999999}",
        "{\"type\":\"close-tunnel\",\"tunnel\":1e999999999}",
        "{\"type\":\"close-tunnel\",\"tunnel\":NaN}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"tcp\"}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"udp\",\"key\":\"k\"}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"tcp\",\"key\":null}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"tcp\",\"key\":{}}",
        OPEN + "\"port\":-1}",
        OPEN + "\"port\":65536}",
        OPEN + "\"port\":4294967376}",
        OPEN + "\"port\":80.5}",
        OPEN + "\"name\":{\"a\":1}}",
      })
  void fieldThatIsMissingOrOfAnotherTypeIsRefused(String json) {
    assertRefused(Wires.framed(json), ControlCodec::readClientMessage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"tunnel-opened\",\"tunnel\":1}",
        "{\"type\":\"tunnel-opened\",\"tunnel\":1,\"urls\":null}",
        "{\"type\":\"tunnel-opened\",\"tunnel\":1,\"urls\":[]}",
        "{\"type\":\"tunnel-opened\",\"tunnel\":1,\"urls\":[null]}",
        "{\"type\":\"tunnel-opened\",\"tunnel\":1,\"urls\":[{}]}",
        "{\"type\":\"tunnel-opened\",\"tunnel\":1,\"urls\":\"https://a\"}",
        "{\"type\":\"tunnel-refused\",\"tunnel\":1,\"code\":\"taken\"}",
        "{\"type\":\"tunnel-refused\",\"tunnel\":1,\"code\":\"other\",\"message\":\"m\"}",
        "{\"type\":\"session-ending\",\"code\":0,\"message\":\"m\"}",
        "{\"type\":\"session-ending\",\"message\":\"m\"}",
        "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"tcp\",\"key\":\"k\"}",
      })
  void serverMessageThatLacksWhatItNeedsIsRefused(String json) {
    assertRefused(Wires.framed(json), ControlCodec::readServerMessage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"welcome\",\"session\":\"s\",\"maxStreams\":0,\"software\":\"x\"}",
        "{\"type\":\"welcome\",\"session\":\"s\",\"maxStreams\":-1,\"software\":\"x\"}",
        "{\"type\":\"welcome\",\"session\":\"s\",\"software\":\"x\"}",
        "{\"type\":\"welcome\",\"maxStreams\":1,\"software\":\"x\"}",
        "{\"type\":\"welcome\",\"session\":\"s\",\"maxStreams\":1}",
        "{\"type\":\"refusal\",\"message\":\"m\"}",
        "{\"type\":\"refusal\",\"code\":\"busy\"}",
        "{\"type\":\"hello\"}",
      })
  void answerThatLacksWhatItNeedsIsRefused(String json) {
    assertRefused(Wires.framed(json), ControlCodec::readHelloAnswer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"token\":null",
        "\"instance\":null",
        "\"instance\":\"0123\"",
        "\"instance\":\"0123456789ABCDEF0123456789ABCDEF\"",
        "\"instance\":\"0123456789abcdef0123456789abcdef\\n\"",
        "\"software\":null",
        "\"maxStreams\":0",
        "\"version\":null",
        "\"version\":\"one\"",
      })
  void helloWithABadFieldIsRefused(String field) {
    String json =
        "{\"type\":\"hello\",\"version\":1,\"token\":\"t\",\"maxStreams\":1,\"software\":\"s\","
            + "\"instance\":\"0123456789abcdef0123456789abcdef\","
            + field
            + "}";

    assertRefused(Wires.framed(json), ControlCodec::readHello);
  }

  @Test
  void oversizeLengthIsRefusedBeforeItsBytesCome() {
    for (String length : new String[] {"00010001", "7fffffff", "80000000", "ffffffff"}) {
      assertRefused(
          Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(length)), ControlCodec::readHello);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "{\"type\":\"close-tunnel\",\"tunnel\":1,\"x\":["})
  void depthIsNoBomb(String opening) {
    int times = (ControlProtocol.MAX_MESSAGE_BYTES - 40) / opening.length();

    assertRefused(Wires.framed(opening.repeat(times)), ControlCodec::readClientMessage);
  }

  @Test
  void depthInAnUnknownFieldIsNoBomb() {
    String bomb = "[".repeat(30_000) + "]".repeat(30_000);

    assertRefused(
        Wires.framed("{\"type\":\"close-tunnel\",\"tunnel\":1,\"x\":" + bomb + "}"),
        ControlCodec::readClientMessage);
  }

  @Test
  void textThatIsNoUtf8IsRefused() {
    byte[] text =
        "{\"type\":\"refusal\",\"code\":\"busy\",\"message\":\"\u00ff\"}"
            .getBytes(StandardCharsets.ISO_8859_1);

    assertRefused(Wires.framed(text), ControlCodec::readHelloAnswer);
  }

  @Test
  void refusalSaysNothingOfWhatCame() {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> ControlCodec.readHello(Wires.framed("{\"type\":\"\u001b[31mred\"}")))
        .withMessage("a message of a type other than hello");
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> ControlCodec.readHello(Wires.framed("{\"type\":\"\u001b[31mred")))
        .withMessage("a message that is no JSON of its type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"eyJh.eyJi.c2ln\"}",
        "{\"type\":\"hello\",\"eyJh.eyJi.c2ln",
        "{\"type\":\"hello\",eyJh.eyJi.c2ln}",
        "eyJh.eyJi.c2ln",
        "\"eyJh.eyJi.c2ln\"",
        HELLO + "\"version\":\"eyJh.eyJi.c2ln\"}",
        HELLO + "\"version\":eyJh.eyJi.c2ln}",
        HELLO + "\"maxStreams\":\"eyJh.eyJi.c2ln\"}",
        HELLO + "\"instance\":\"eyJh.eyJi.c2ln\"}",
        HELLO + "\"instance\":{\"eyJh.eyJi.c2ln\":1}}",
        HELLO + "\"software\":[\"eyJh.eyJi.c2ln\"]}",
        HELLO + "\"token\":{\"eyJh.eyJi.c2ln\":1}}",
        HELLO + "\"token\":[\"eyJh.eyJi.c2ln\"]}",
      })
  void refusalShowsNoTokenWhereverItStood(String json) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> ControlCodec.readHello(Wires.framed(json)))
        .satisfies(e -> {
          StringWriter trace = new StringWriter();
          e.printStackTrace(new PrintWriter(trace));
          assertThat(trace.toString()).doesNotContain("eyJh", "c2ln");
        });
  }

  @Test
  void damagedMessagesAreReadOrRefused() {
    byte[] sound =
        ByteBufUtil.getBytes(
            ControlCodec.encode(
                new ClientMessage.OpenTunnel(1, TunnelKind.HTTP, "key", "name", 0)));
    int refused = 0;
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] damaged = sound.clone();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(ControlCodec.readClientMessage(Unpooled.wrappedBuffer(damaged)))
            .as("seed %d", seed)
            .isNotNull();
      } catch (MalformedMessageException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  private static void assertRefused(ByteBuf in, Wires.Reader<?> reader) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> reader.read(in))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(200));
  }
}
