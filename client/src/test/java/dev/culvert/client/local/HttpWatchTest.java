package dev.culvert.client.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HttpWatchTest {
  private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String HEAD = "HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String POST = "POST /p HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyz";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  private static final String OK_HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  private static final String CHUNKED =
      lines(
          "HTTP/1.1 200 OK",
          "Transfer-Encoding: chunked",
          "",
          "4;name=\"v;alue\"",
          "wiki",
          "0a;x",
          "0123456789",
          "0",
          "Trailer: t",
          "Other: u",
          "");

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  /** An exchange, and what must be reported of it. */
  record Exchange(String name, String requests, String responses, List<String> lines) {
    Exchange(String name, String requests, String responses, String... lines) {
      this(name, requests, responses, List.of(lines));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Exchange> exchanges() {
    return Stream.of(
        new Exchange("a response with a length", GET, OK, "GET /a?b=c 200 5"),
        new Exchange("a response in chunks", GET, CHUNKED, "GET /a?b=c 200 14"),
        new Exchange("a request with a body", POST, OK, "POST /p 200 5"),
        new Exchange(
            "a request in chunks",
            lines("POST /p HTTP/1.1", "Transfer-Encoding: chunked", "", "3", "abc", "0", ""),
            OK,
            "POST /p 200 5"),
        new Exchange("HEAD with a length", HEAD, OK_HEAD, "HEAD /h 200 0"),
        new Exchange(
            "HEAD, then GET", HEAD + GET, OK_HEAD + OK, "HEAD /h 200 0", "GET /a?b=c 200 5"),
        new Exchange(
            "GET, then HEAD, then GET",
            GET + HEAD + GET,
            OK + OK_HEAD + CHUNKED,
            "GET /a?b=c 200 5",
            "HEAD /h 200 0",
            "GET /a?b=c 200 14"),
        new Exchange(
            "204, 304 and 205",
            GET + GET + GET,
            lines("HTTP/1.1 204 No Content", "")
                + lines("HTTP/1.1 304 Not Modified", "Content-Length: 9", "")
                + lines("HTTP/1.1 205 Reset Content", "Content-Length: 0", ""),
            "GET /a?b=c 204 0",
            "GET /a?b=c 304 0",
            "GET /a?b=c 205 0"),
        new Exchange(
            "100 and 103 before the answer",
            POST,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK,
            "POST /p 200 5"),
        new Exchange(
            "HEAD with early hints",
            HEAD + GET,
            "HTTP/1.1 103 Early Hints\r\n\r\n" + OK_HEAD + OK,
            "HEAD /h 200 0",
            "GET /a?b=c 200 5"),
        new Exchange(
            "an empty line behind a body",
            POST + "\r\n" + GET,
            OK + OK,
            "POST /p 200 5",
            "GET /a?b=c 200 5"));
  }

  static Stream<Exchange> upgrades() {
    return Stream.of(
        new Exchange(
            "an upgrade with accept",
            GET,
            lines(
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Accept: x",
                "",
                "\u0081\u0002hi"),
            "GET /a?b=c 101 6 UPGRADED"),
        new Exchange(
            "an upgrade without accept",
            GET,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n\u0081\u0002hi",
            "GET /a?b=c 101 4 UPGRADED"));
  }

  @ParameterizedTest
  @MethodSource("upgrades")
  void upgradedConnectionIsOneRequestUntilItsEnd(Exchange exchange) {
    for (int pieceBytes : new int[] {1, 7, Integer.MAX_VALUE}) {
      WatchedConnection connection = new WatchedConnection(pieceBytes);

      connection.request(exchange.requests()).response(exchange.responses());
      connection.request(GET + GET);
      List<String> before = connection.lines();
      connection.end();

      assertThat(before).isEmpty();
      assertThat(connection.lines()).isEqualTo(exchange.lines());
    }
  }

  @Test
  void upgradedConnectionThatBreaksIsCut() {
    WatchedConnection connection = new WatchedConnection();

    connection
        .request(GET)
        .response("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
        .response("bytes")
        .cut("Connection reset");

    assertThat(connection.lines()).containsExactly("GET /a?b=c 101 5 CUT");
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  void completeExchangesAreReportedAsTheyComplete(Exchange exchange) {
    WatchedConnection connection = new WatchedConnection();

    connection.request(exchange.requests()).response(exchange.responses());

    assertThat(connection.lines()).isEqualTo(exchange.lines());
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  void exchangesByteByByteAreReportedTheSame(Exchange exchange) {
    WatchedConnection connection = new WatchedConnection(1);

    connection.request(exchange.requests()).response(exchange.responses());

    assertThat(connection.lines()).isEqualTo(exchange.lines());
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  void exchangesSplitAnywhereAreReportedTheSame(Exchange exchange) {
    for (int i = 0; i <= exchange.responses().length(); i++) {
      WatchedConnection connection = new WatchedConnection();
      int split = Math.min(i, exchange.requests().length());

      connection
          .request(exchange.requests().substring(0, split))
          .request(exchange.requests().substring(split))
          .response(exchange.responses().substring(0, i))
          .response(exchange.responses().substring(i));

      assertThat(connection.lines()).as("split at %d", i).isEqualTo(exchange.lines());
    }
  }

  @Test
  void pipelinedRequestsAreTimedEachFromItsOwnFirstByte() {
    WatchedConnection connection = new WatchedConnection();
    long before = System.nanoTime();

    connection.request(GET + GET + GET.substring(0, 7)).request(GET.substring(7));
    connection.response(OK + OK + OK);

    long most = System.nanoTime() - before;
    assertThat(connection.records).hasSize(3);
    assertThat(connection.records)
        .allSatisfy(r -> assertThat(r.durationNanos()).isBetween(0L, most));
  }

  @Test
  void idleTimeBetweenRequestsCountsForNeither() {
    WatchedConnection connection = new WatchedConnection();
    connection.request(GET).response(OK);
    connection.request("\r\n");
    long idleUntil = System.nanoTime() + Duration.ofMillis(50).toNanos();
    while (System.nanoTime() - idleUntil < 0) {
      Thread.onSpinWait();
    }
    long before = System.nanoTime();

    connection.request(GET).response(OK);

    long most = System.nanoTime() - before;
    assertThat(connection.records.getLast().durationNanos()).isBetween(0L, most);
    assertThat(connection.records.getFirst().start())
        .isBefore(connection.records.getLast().start());
  }

  @Test
  void responseWithoutLengthEndsWithTheConnection() {
    WatchedConnection connection = new WatchedConnection();

    connection.request(GET).response("HTTP/1.1 200 OK\r\n\r\nsome").response(" more");
    int before = connection.records.size();
    connection.end();

    assertThat(before).isZero();
    assertThat(connection.lines()).containsExactly("GET /a?b=c 200 9");
  }

  @Test
  void responseThatIsShorterThanItsLengthIsCut() {
    WatchedConnection connection = new WatchedConnection();

    connection.request(GET).response(OK.substring(0, OK.length() - 2)).end();

    assertThat(connection.lines()).containsExactly("GET /a?b=c 200 3 CUT");
  }

  @Test
  void responseThatEndsWithinItsChunksIsCut() {
    for (int cut = CHUNKED.indexOf("wiki"); cut < CHUNKED.length(); cut++) {
      WatchedConnection connection = new WatchedConnection();

      connection.request(GET).response(CHUNKED.substring(0, cut)).end();

      assertThat(connection.lines()).as("cut at %d", cut).hasSize(1);
      assertThat(connection.lines().getFirst()).as("cut at %d", cut).endsWith("CUT");
    }
  }

  @Test
  void responseThatEndsWithinItsHeadIsCutWithoutAStatus() {
    for (int cut = 0; cut < OK_HEAD.length(); cut++) {
      WatchedConnection connection = new WatchedConnection();

      connection.request(GET).response(OK.substring(0, cut)).end();

      assertThat(connection.lines()).as("cut at %d", cut).containsExactly("GET /a?b=c 0 0 CUT");
    }
  }

  @Test
  void resetWithinAResponseCutsItAndAllThatWait() {
    WatchedConnection connection = new WatchedConnection();

    connection.request(GET + HEAD).response(OK.substring(0, OK.length() - 1));
    connection.cut("Connection reset");

    assertThat(connection.lines()).containsExactly("GET /a?b=c 200 4 CUT", "HEAD /h 0 0 CUT");
    assertThat(connection.records).extracting(RequestRecord::note).containsOnly("Connection reset");
  }

  @Test
  void idleConnectionEndsWithoutAReport() {
    WatchedConnection connection = new WatchedConnection();

    connection.request(GET).response(OK).cut("Connection reset");

    assertThat(connection.lines()).containsExactly("GET /a?b=c 200 5");
  }

  @Test
  void earlyAnswerCompletesARequestWhoseBodyIsStillComing() {
    WatchedConnection connection = new WatchedConnection();

    connection.request("POST /p HTTP/1.1\r\nContent-Length: 3\r\n\r\nx");
    connection.response("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    connection.request("yz" + GET).response(OK);

    assertThat(connection.lines()).containsExactly("POST /p 413 0", "GET /a?b=c 200 5");
  }

  @Test
  void requestOfAServiceThatIsDownIsReportedOnceWithItsHead() {
    WatchedConnection before = new WatchedConnection();
    before.request(GET).unreachable("down").end();
    WatchedConnection after = new WatchedConnection();
    after.request(GET.substring(0, 9)).unreachable("down");
    List<String> early = after.lines();
    after.request(GET.substring(9)).request(GET).end();

    assertThat(early).isEmpty();
    assertThat(before.lines()).containsExactly("GET /a?b=c 502 0 UNREACHABLE");
    assertThat(after.lines()).containsExactly("GET /a?b=c 502 0 UNREACHABLE");
    assertThat(after.records.getFirst().note()).isEqualTo("down");
  }

  @Test
  void serviceThatIsDownIsReportedWithoutARequestToo() {
    WatchedConnection connection = new WatchedConnection();

    connection.unreachable("down").end().end();

    assertThat(connection.lines()).containsExactly("  502 0 UNREACHABLE");
  }
}
