package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ViolationTest {
  private static final String SYN_ON_1 = "000100010000000100000000";

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "wrong version, 010100010000000100000000",
    "unknown type, 000400010000000100000000",
    "SYN of our own parity, 000100010000000200000000",
    "SYN on stream 0, 000100010000000000000000",
    "data on stream 0, 000000000000000000000000",
    "SYN on a live stream, 000100010000000100000000",
    "data beyond the window, 000000000000000100040001",
    "data beyond the window with the SYN, 000000010000000300040001",
    "credit beyond 32 bits, 0001000000000001ffffffff",
    "credit beyond 32 bits with the SYN, 0001000100000003ffffffff",
  })
  void endsTheSessionWithAProtocolError(String what, String frame) {
    Pair pair = new Pair(SessionConfig.STANDARD);
    Session session = pair.server.session;
    session.receive(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(SYN_ON_1)), 0);
    session.pollOutput(Unpooled.buffer(), 1000, 0);

    session.receive(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(frame)), 0);

    ByteBuf out = Unpooled.buffer();
    session.pollOutput(out, 1000, 0);
    assertThat(session.end()).as(what).isInstanceOf(SessionEnd.ProtocolViolation.class);
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo("000300000000000000000001");
    assertThat(session.openStreams()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "unknown flags, 0001fff00000000100000000",
    "data for a stream that is gone, 0000000000000063000000010a",
    "credit for a stream that is gone, 000100000000006300000001",
    "FIN for a stream that is gone, 000100040000006300000000",
    "RST for a stream that is gone, 000100080000006300000000",
    "a ping with no flag, 000200000000000000000007",
    "an answer to no ping, 000200020000000000000007",
    "a second ACK, 000100020000000100000000",
    "empty data, 000000000000000100000000",
  })
  void isTolerated(String what, String frame) {
    Pair pair = new Pair(SessionConfig.STANDARD);
    Session session = pair.server.session;
    session.receive(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(SYN_ON_1)), 0);
    session.pollOutput(Unpooled.buffer(), 1000, 0);

    session.receive(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(frame)), 0);

    assertThat(session.end()).as(what).isNull();
    assertThat(session.hasOutput()).isFalse();
    assertThat(session.openStreams()).isEqualTo(1);
  }
}
