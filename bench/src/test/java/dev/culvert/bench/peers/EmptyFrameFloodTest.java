package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Data and heads in which nothing is. */
@Timeout(60)
@ExtendWith(AttackedServer.Resolver.class)
final class EmptyFrameFloodTest {
  private static final int PADDED = 8;

  private int stream = 1;

  private static void begin(RawHttp2 attacker, AttackedServer server) throws Exception {
    attacker.head(1, RawHttp2.END_HEADERS, RawHttp2.get(server.host(), "/"));
  }

  @Test
  void emptyDataEndsTheConnection(AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      begin(attacker, server);

      AttackedServer.assertSentAway(attacker, () -> attacker.data(1, 0, ""));
    }
    server.assertWell(good);
  }

  @Test
  void dataThatIsPaddingAloneEndsTheConnection(AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    byte[] padding = new byte[256];
    padding[0] = (byte) 255;
    try (RawHttp2 attacker = server.visit()) {
      begin(attacker, server);

      AttackedServer.assertSentAway(
          attacker, () -> attacker.frame(RawHttp2.DATA, PADDED, 1, padding));
    }
    server.assertWell(good);
  }

  @Test
  void emptyHeadsEndTheConnection(AttackedServer server) throws Exception {
    int before = server.upstreams();
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      AttackedServer.assertSentAway(
          attacker,
          () -> {
            attacker.head(stream, RawHttp2.WHOLE);
            stream += 2;
          });
    }
    server.assertWell(good);
    assertThat(server.upstreams() - before).as("upstreams").isLessThan(20);
  }
}
