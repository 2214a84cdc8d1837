package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** More streams, longer frames and more data than the server's settings allow. */
@Timeout(60)
@ExtendWith(AttackedServer.Resolver.class)
final class StreamLimitTest {
  private static final int MAX_STREAMS = 128;
  private static final int MAX_FRAME_BYTES = 16_384;

  private int stream = -1;

  private static String[] post(AttackedServer server) {
    String[] request = RawHttp2.get(server.host(), "/");
    request[0] = ":method=POST";
    return request;
  }

  /** A POST whose body does not end. */
  private static void begin(RawHttp2 visitor, int stream, AttackedServer server) throws Exception {
    visitor.head(stream, RawHttp2.END_HEADERS, post(server));
  }

  @Test
  void streamsBeyondTheLimitAreRefusedAndNoOtherIs(AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 visitor = server.visit()) {
      for (int i = 0; i < MAX_STREAMS; i++) {
        begin(visitor, 2 * i + 1, server);
      }
      int beyond = 2 * MAX_STREAMS + 1;
      begin(visitor, beyond, server);
      visitor.data(beyond, RawHttp2.END_STREAM, "on its way");
      visitor.number(RawHttp2.WINDOW_UPDATE, beyond, 1);
      visitor.number(RawHttp2.RST_STREAM, beyond, 8);
      visitor.flush();
      assertThat(visitor.answer(beyond)).isEqualTo("RST REFUSED_STREAM");

      for (int i = 0; i < MAX_STREAMS; i++) {
        visitor.data(2 * i + 1, RawHttp2.END_STREAM, "");
        visitor.flush();
        assertThat(visitor.answer(2 * i + 1)).isEqualTo("200 ok");
      }
    }
    server.assertWell(good);
  }

  @Test
  void visitorThatKeepsBeginningMoreIsSentAway(AttackedServer server) throws Exception {
    int before = server.upstreams();
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      String[] request = post(server);
      AttackedServer.assertSentAway(
          attacker,
          () -> {
            stream += 2;
            attacker.head(stream, RawHttp2.END_HEADERS, request);
          });
    }
    server.assertWell(good);
    assertThat(server.upstreams() - before).as("upstreams").isLessThan(MAX_STREAMS + 20);
  }

  @Test
  void frameThatIsTooLongEndsTheConnectionForItsHeader(AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    for (int length : new int[] {MAX_FRAME_BYTES + 1, 0xffffff}) {
      for (int type : new int[] {RawHttp2.DATA, RawHttp2.HEADERS, RawHttp2.SETTINGS, 0x2a}) {
        try (RawHttp2 attacker = server.visit()) {
          attacker.frameOf(length, type, 0, 1, new byte[0]);
          attacker.flush();

          assertThat(attacker.end()).isEqualTo("GOAWAY FRAME_SIZE_ERROR");
        }
      }
    }
    server.assertWell(good);
  }

  @Test
  void dataOnAStreamThatHasNotBegunEndsTheConnection(AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      begin(attacker, 1, server);
      String data = "a".repeat(MAX_FRAME_BYTES);

      AttackedServer.assertEnds("GOAWAY PROTOCOL_ERROR", attacker, () -> attacker.data(3, 0, data));
    }
    server.assertWell(good);
  }

  /** Nobody gives windows for what goes nowhere, but those who pay no heed to them. */
  @Test
  void dataOnARefusedStreamCountsInTheWindowOfTheConnection(AttackedServer server)
      throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 visitor = server.visit()) {
      visitor.head(1, RawHttp2.END_HEADERS, "x=1");
      for (int i = 0; i < 200; i++) {
        visitor.data(1, 0, "a".repeat(MAX_FRAME_BYTES));
      }
      visitor.flush();
      assertThat(visitor.answer(1)).isEqualTo("RST PROTOCOL_ERROR");

      visitor.head(3, RawHttp2.WHOLE, RawHttp2.get(server.host(), "/"));
      visitor.flush();
      assertThat(visitor.answer(3)).isEqualTo("200 ok");
    }
    server.assertWell(good);
  }
}
