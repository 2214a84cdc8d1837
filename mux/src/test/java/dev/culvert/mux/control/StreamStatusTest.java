package dev.culvert.mux.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamStatusTest {
  @ParameterizedTest
  @EnumSource
  void statusComesBackAsItWas(StreamStatus.Code code) throws Exception {
    StreamStatus status = new StreamStatus(code, "127.0.0.1:3000 – därför 🙂");

    assertThat(Wires.readByteByByte(Wires.written(status::write), StreamStatus::read))
        .isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECTED, 00",
    "REFUSED, 01",
    "TIMED_OUT, 02",
    "UNREACHABLE, 03",
    "UNKNOWN_TUNNEL, 04"
  })
  void codesStandOnTheWireAsTheProtocolSays(StreamStatus.Code code, String hex) {
    ByteBuf bytes = Wires.written(new StreamStatus(code, "hi")::write);

    assertThat(ByteBufUtil.hexDump(bytes)).isEqualTo(hex + "00026869");
  }

  @Test
  void bytesOfTheServiceBehindTheStatusAreLeftAlone() throws Exception {
    ByteBuf bytes = Wires.written(StreamStatus.CONNECTED::write).writeInt(42);

    assertThat(StreamStatus.read(bytes)).isEqualTo(StreamStatus.CONNECTED);
    assertThat(bytes.readInt()).isEqualTo(42);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é", "€", "🙂"})
  void longTextIsCutBetweenTwoCharacters(String character) throws Exception {
    for (String start : new String[] {"", "a", "ab", "abc"}) {
      String text = start + character.repeat(1100);

      StreamStatus read =
          StreamStatus.read(
              Wires.written(new StreamStatus(StreamStatus.Code.UNREACHABLE, text)::write));

      assertThat(read).isNotNull();
      assertThat(text).startsWith(read.text());
      assertThat(read.text().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1021, 1024);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"050000", "ff0000", "000401", "01ffff", "ffffff"})
  void whatIsNoStatusIsRefusedBeforeItsTextComes(String hex) {
    ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));

    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> StreamStatus.read(bytes));
  }
}
