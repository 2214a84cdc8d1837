package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads that go on in one frame after the other (CVE-2024-27316). */
@Timeout(60)
@ExtendWith(AttackedServer.Resolver.class)
final class ContinuationFloodTest {
  private static final int MAX_FRAME_BYTES = 16_384;

  static Stream<Arguments> fragments() {
    String large = "x=" + "a".repeat(MAX_FRAME_BYTES - 100);
    return Stream.of(
        Arguments.argumentSet("nothing", new byte[0], "GOAWAY ENHANCE_YOUR_CALM"),
        Arguments.argumentSet("a field", RawHttp2.block("x=1"), "GOAWAY ENHANCE_YOUR_CALM"),
        Arguments.argumentSet("a large field", RawHttp2.block(large), "GOAWAY PROTOCOL_ERROR"));
  }

  @ParameterizedTest
  @MethodSource("fragments")
  void headWithoutEndEndsTheConnection(byte[] fragment, String answer, AttackedServer server)
      throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      attacker.head(1, RawHttp2.END_STREAM, RawHttp2.get(server.host(), "/"));
      String end =
          AttackedServer.endOf(
              attacker, () -> attacker.frame(RawHttp2.CONTINUATION, 0, 1, fragment));

      assertThat(end).isEqualTo(answer);
    }
    server.assertWell(good);
  }

  @ParameterizedTest
  @MethodSource("fragments")
  void headThatEndsTooLateEndsTheConnection(byte[] fragment, String answer, AttackedServer server)
      throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      attacker.head(1, RawHttp2.END_STREAM, RawHttp2.get(server.host(), "/"));
      for (int i = 0; i < 30; i++) {
        attacker.frame(RawHttp2.CONTINUATION, 0, 1, fragment);
      }
      attacker.frame(RawHttp2.CONTINUATION, RawHttp2.END_HEADERS, 1, fragment);
      attacker.flush();

      assertThat(attacker.end()).isEqualTo(answer);
    }
    server.assertWell(good);
  }
}
