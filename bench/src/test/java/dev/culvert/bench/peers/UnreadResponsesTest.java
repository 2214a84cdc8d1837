package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Visitors that ask for much and give no window to send it in, or a byte at a time. */
@Timeout(60)
@ExtendWith(AttackedServer.Resolver.class)
final class UnreadResponsesTest {
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int CONNECTIONS = 2;
  private static final int STREAMS = 128;

  /** Half a gibibyte in all. */
  private static List<RawHttp2> askForMuch(AttackedServer server) throws Exception {
    List<RawHttp2> visitors = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      RawHttp2 visitor = server.visit(INITIAL_WINDOW_SIZE, 0);
      visitors.add(visitor);
      for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
        visitor.head(stream, RawHttp2.WHOLE, RawHttp2.get(server.host(), "/big"));
      }
      visitor.flush();
    }
    return visitors;
  }

  private static void close(List<RawHttp2> visitors) throws Exception {
    for (RawHttp2 visitor : visitors) {
      visitor.close();
    }
  }

  private static void assertServedWhole(AttackedServer server) throws Exception {
    try (RawHttp2 visitor = server.visit(INITIAL_WINDOW_SIZE, 1 << 30)) {
      visitor.number(RawHttp2.WINDOW_UPDATE, 0, 1 << 30);
      visitor.head(1, RawHttp2.WHOLE, RawHttp2.get(server.host(), "/big"));
      visitor.flush();

      assertThat(visitor.answer(1)).hasSize("200 ".length() + RecordingOrigin.BIG_BYTES);
    }
  }

  @Test
  void responsesThatNobodyTakesWaitWithinBounds(AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    List<RawHttp2> visitors = askForMuch(server);

    server.assertWell(good);
    assertServedWhole(server);
    close(visitors);
    assertServedWhole(server);
  }

  @Test
  void windowsOfAByteHoldUpNobodyElse(AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    List<RawHttp2> visitors = askForMuch(server);
    for (RawHttp2 visitor : visitors) {
      for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
        for (int bytes = 0; bytes < 20; bytes++) {
          visitor.number(RawHttp2.WINDOW_UPDATE, stream, 1);
        }
      }
      visitor.flush();
    }

    server.assertWell(good);
    assertServedWhole(server);
    close(visitors);
  }

  @Test
  void bodiesOfAByteAtATimeArriveAsTheyAre(AttackedServer server) throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 visitor = server.visit()) {
      String[] request = RawHttp2.get(server.host(), "/");
      request[0] = ":method=POST";
      visitor.head(1, RawHttp2.END_HEADERS, request);
      for (int i = 0; i < 1000; i++) {
        visitor.data(1, 0, "a");
        visitor.flush();
      }
      visitor.data(1, RawHttp2.END_STREAM, "");
      visitor.flush();

      assertThat(visitor.answer(1)).isEqualTo("200 ok");
    }
    server.assertWell(good);
  }
}
