package dev.culvert.bench.peers;

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

  private static final int MANY = 30;

  private int sent;

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
      AttackedServer.assertEnds(
          answer, attacker, () -> attacker.frame(RawHttp2.CONTINUATION, 0, 1, fragment));
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
      AttackedServer.assertEnds(
          answer,
          attacker,
          () -> {
            int flags = ++sent == MANY ? RawHttp2.END_HEADERS : 0;
            attacker.frame(RawHttp2.CONTINUATION, flags, 1, fragment);
          });
    }
    server.assertWell(good);
  }
}
