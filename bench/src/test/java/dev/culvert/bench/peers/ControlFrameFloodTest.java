package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames that bring nothing, as fast as they go. */
@Timeout(60)
@ExtendWith(AttackedServer.Resolver.class)
final class ControlFrameFloodTest {
  private static final int ACK = 1;
  private static final int GOAWAY = 7;
  private static final int UNKNOWN = 0x2a;
  private static final int HEADER_TABLE_SIZE = 1;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int WAVE = 1000;

  interface Frame {
    void send(RawHttp2 attacker) throws IOException;
  }

  private static Arguments flood(String name, Frame frame) {
    return Arguments.argumentSet(name, frame);
  }

  static Stream<Arguments> floods() {
    return Stream.of(
        flood("settings", attacker -> attacker.settings()),
        flood(
            "settings that change the table",
            attacker -> {
              attacker.settings(HEADER_TABLE_SIZE, 0);
              attacker.settings(HEADER_TABLE_SIZE, 4096);
            }),
        flood(
            "settings that change windows",
            attacker -> {
              attacker.settings(INITIAL_WINDOW_SIZE, 0);
              attacker.settings(INITIAL_WINDOW_SIZE, 65_535);
            }),
        flood("settings' acks", attacker -> attacker.frame(RawHttp2.SETTINGS, ACK, 0, bytes(0))),
        flood("pings", attacker -> attacker.frame(RawHttp2.PING, 0, 0, bytes(8))),
        flood("pings' acks", attacker -> attacker.frame(RawHttp2.PING, ACK, 0, bytes(8))),
        flood("priorities", attacker -> attacker.frame(RawHttp2.PRIORITY, 0, 3, bytes(5))),
        flood("windows", attacker -> attacker.number(RawHttp2.WINDOW_UPDATE, 0, 1)),
        flood("a stream's windows", attacker -> attacker.number(RawHttp2.WINDOW_UPDATE, 3, 1)),
        flood(
            "windows of a stream that has ended",
            attacker -> attacker.number(RawHttp2.WINDOW_UPDATE, 1, 100_000)),
        flood("late resets", attacker -> attacker.number(RawHttp2.RST_STREAM, 1, 8)),
        flood("unknown frames", attacker -> attacker.frame(UNKNOWN, 0, 0, bytes(9))),
        flood("unknown frames of a stream", attacker -> attacker.frame(UNKNOWN, 0, 3, bytes(0))),
        flood("farewells", attacker -> attacker.frame(GOAWAY, 0, 0, bytes(8))));
  }

  private static byte[] bytes(int count) {
    return new byte[count];
  }

  /** The flood goes on in parallel to a request, which is answered or not. */
  @ParameterizedTest
  @MethodSource("floods")
  void floodEndsTheConnection(Frame frame, AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      attacker.head(1, RawHttp2.WHOLE, RawHttp2.get(server.host(), "/"));
      attacker.flush();
      assertThat(attacker.answer(1)).isEqualTo("200 ok");
      attacker.head(3, RawHttp2.END_HEADERS, RawHttp2.get(server.host(), "/"));
      AttackedServer.assertSentAway(
          attacker,
          () -> {
            for (int i = 0; i < WAVE; i++) {
              frame.send(attacker);
            }
          });
    }
    server.assertWell(good);
  }
}
