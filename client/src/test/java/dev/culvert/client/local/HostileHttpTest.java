package dev.culvert.client.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Visitors and services that try to confuse the watch: it may lose them, and nobody else. */
final class HostileHttpTest {
  private static final String GET = "GET /a HTTP/1.1\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.9\r\n\r\n",
        "HTTP/1.1 two hundred\r\n\r\n",
        "\u0015\u0003\u0003\u0000\u0002\u0002(\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
      })
  void answerThatIsNoHttpIsReportedAsCut(String answer) {
    WatchedConnection connection = new WatchedConnection();

    connection.request(GET).response(answer).response(OK).request(GET).response(OK).end();

    assertThat(connection.lines()).hasSize(1);
    assertThat(connection.lines().getFirst()).startsWith("GET /a ").endsWith(" CUT");
    assertThat(connection.records.getFirst().note()).contains("no HTTP/1.1");
  }

  @Test
  void badChunkIsNoCompleteResponse() {
    WatchedConnection connection = new WatchedConnection();

    connection.request(GET + GET);
    connection.response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n");

    assertThat(connection.lines()).containsExactly("GET /a 200 2 CUT", "GET /a 0 0 CUT");
  }

  @Test
  void garbageBehindARequestDoesNotHideTheRequest() {
    WatchedConnection connection = new WatchedConnection();

    connection.request(GET + "\u0000\u0001garbage\r\n\r\n").response(OK).end();

    assertThat(connection.lines()).containsExactly("GET /a 200 2");
  }

  @Test
  void floodOfPipelinedRequestsIsForgottenBeyondABound() {
    WatchedConnection connection = new WatchedConnection();

    connection.request(GET.repeat(500)).request(GET.repeat(500));
    connection.response(OK.repeat(1000)).end();

    assertThat(connection.lines()).hasSize(128).containsOnly("GET /a 200 2");
  }

  @Test
  void longTargetAndMethodAreRememberedInPart() {
    WatchedConnection connection = new WatchedConnection(8192);

    connection.request("M".repeat(20_000) + " /" + "x".repeat(50_000) + " HTTP/1.1\r\n\r\n");
    connection.response(OK);

    assertThat(connection.records).hasSize(1);
    assertThat(connection.records.getFirst().method()).hasSize(32);
    assertThat(connection.records.getFirst().target()).hasSize(4096).startsWith("/xxx");
  }

  @Test
  void endlessHeadsEndTheWatching() {
    WatchedConnection connection = new WatchedConnection(16_384);
    connection.request(GET);

    connection.request("GET /b HTTP/1.1\r\nX: " + "x".repeat(300_000));
    connection.response("HTTP/1.1 200 OK\r\nX: " + "x".repeat(300_000)).end();

    assertThat(connection.lines()).containsExactly("GET /a 0 0 CUT");
  }

  @Test
  void answersNobodyAskedForAreNotReported() {
    WatchedConnection connection = new WatchedConnection();

    connection.response("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n").end();

    assertThat(connection.lines()).isEmpty();
  }

  @Test
  void logThatFailsDoesNotHarmTheConnection() {
    WatchedConnection connection =
        new WatchedConnection(
            10,
            record -> {
              throw new IllegalStateException("the log is full");
            });

    connection.request(GET + GET).response(OK + OK).end();

    assertThat(connection.lines()).isEmpty();
  }

  @Test
  void anythingPassesUntouched() {
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      WatchedConnection connection = new WatchedConnection(1 + random.nextInt(40));
      for (int i = 0; i < 8; i++) {
        connection.request(damaged(random, GET + GET));
        connection.response(damaged(random, OK + OK));
      }

      connection.end();

      assertThat(connection.records.size()).as("seed %d", seed).isLessThanOrEqualTo(128);
    }
  }

  private static String damaged(Random random, String text) {
    StringBuilder damaged = new StringBuilder(text);
    for (int i = random.nextInt(3); i > 0; i--) {
      damaged.setCharAt(random.nextInt(damaged.length()), (char) random.nextInt(256));
    }
    return damaged.toString();
  }
}
