package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams that are reset as soon as they begin (CVE-2023-44487, CVE-2025-8671). */
@Timeout(60)
@ExtendWith(AttackedServer.Resolver.class)
final class RapidResetTest {
  /** What a connection may begin and reset in ten seconds, and those that the good one needs. */
  private static final int MAX_UPSTREAMS = 200 + 20;

  private static final int CANCEL = 8;

  private int stream = -1;

  @Test
  void visitorThatResetsItsRequestsIsSentAway(AttackedServer server) throws Exception {
    int before = server.upstreams();
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      String[] request = RawHttp2.get(server.host(), "/");
      AttackedServer.assertSentAway(
          attacker,
          () -> {
            stream += 2;
            attacker.head(stream, RawHttp2.WHOLE, request);
            attacker.number(RawHttp2.RST_STREAM, stream, CANCEL);
          });
    }
    server.assertWell(good);
    assertThat(server.upstreams() - before).isLessThanOrEqualTo(MAX_UPSTREAMS);
  }

  /** Does to a stream what has the server reset it. */
  interface Trick {
    void play(RawHttp2 attacker, int stream) throws IOException;
  }

  static Stream<Arguments> tricks() {
    return Stream.of(
        trick("window by 0", (attacker, id) -> attacker.number(RawHttp2.WINDOW_UPDATE, id, 0)),
        trick(
            "window too large",
            (attacker, id) -> attacker.number(RawHttp2.WINDOW_UPDATE, id, Integer.MAX_VALUE)),
        trick(
            "priority of another length",
            (attacker, id) -> attacker.frame(RawHttp2.PRIORITY, 0, id, new byte[4])),
        trick(
            "priority that depends on itself",
            (attacker, id) -> {
              attacker.frameOf(5, RawHttp2.PRIORITY, 0, id, new byte[] {0, 0});
              attacker.raw((id >> 8) & 255, id & 255, 0);
            }),
        trick("second head", (attacker, id) -> attacker.head(id, RawHttp2.END_HEADERS, "x=1")),
        trick(
            "data beyond the end",
            (attacker, id) -> {
              attacker.data(id, RawHttp2.END_STREAM, "");
              attacker.data(id, 0, "more");
            }),
        trick(
            "pseudo-header in trailers",
            (attacker, id) -> attacker.head(id, RawHttp2.WHOLE, ":path=/")));
  }

  private static Arguments trick(String name, Trick trick) {
    return Arguments.argumentSet(name, trick);
  }

  @ParameterizedTest
  @MethodSource("tricks")
  void visitorThatHasItsRequestsResetIsSentAway(Trick trick, AttackedServer server)
      throws Exception {
    int before = server.upstreams();
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      String[] request = RawHttp2.get(server.host(), "/");
      AttackedServer.assertSentAway(
          attacker,
          () -> {
            stream += 2;
            attacker.head(stream, RawHttp2.END_HEADERS, request);
            trick.play(attacker, stream);
          });
    }
    server.assertWell(good);
    assertThat(server.upstreams() - before).isLessThanOrEqualTo(MAX_UPSTREAMS);
  }
}
