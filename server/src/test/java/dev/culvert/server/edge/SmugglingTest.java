package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests of HTTP/1 that two readers could understand differently: none reaches the local service,
 * nor does what comes behind them on the connection.
 *
 * <p>In all of these a {@code |} stands for CR and LF, and {@code H} for the tunnel's host.
 */
final class SmugglingTest {
  private static final String BAIT = "GET /bait HTTP/1.1|Host: H|Content-Length: 0||";

  @TempDir private Path state;
  private EdgeGround ground;
  private TestVisitor visitor;

  @BeforeEach
  void open() throws Exception {
    ground = EdgeGround.open(state);
    visitor = ground.visit();
  }

  @AfterEach
  void close() throws Exception {
    visitor.close();
    ground.close();
  }

  private static String bytes(String text) {
    return text.replace("|", "\r\n").replaceAll("\\bH\\b", EdgeGround.HOST);
  }

  static Stream<Arguments> framings() {
    return Stream.of(
        // Two lengths.
        Arguments.of(400, "Content-Length: 5|Content-Length: 6"),
        Arguments.of(400, "Content-Length: 5|Content-Length: 5"),
        Arguments.of(400, "Content-Length: 5|CONTENT-LENGTH: 5"),
        Arguments.of(400, "Content-Length: 0|X: 1|Content-Length: 44"),
        Arguments.of(400, "Content-Length: 5, 5"),
        Arguments.of(400, "Content-Length: 5,"),
        // No length.
        Arguments.of(400, "Content-Length: +5"),
        Arguments.of(400, "Content-Length: -5"),
        Arguments.of(400, "Content-Length: -0"),
        Arguments.of(400, "Content-Length: 0x5"),
        Arguments.of(400, "Content-Length: 5 5"),
        Arguments.of(400, "Content-Length: 5\t5"),
        Arguments.of(400, "Content-Length: 5.0"),
        Arguments.of(400, "Content-Length: 5e0"),
        Arguments.of(400, "Content-Length: 5_0"),
        Arguments.of(400, "Content-Length: \"5\""),
        Arguments.of(400, "Content-Length: ;5"),
        Arguments.of(400, "Content-Length: \u00b2"),
        Arguments.of(400, "Content-Length: \u000b5"),
        Arguments.of(400, "Content-Length: 5\0"),
        Arguments.of(400, "Content-Length: "),
        Arguments.of(400, "Content-Length:"),
        Arguments.of(400, "Content-Length: 9223372036854775808"),
        Arguments.of(400, "Content-Length: 18446744073709551621"),
        Arguments.of(400, "Content-Length: 99999999999999999999"),
        // A name that some would read as Content-Length or Transfer-Encoding.
        Arguments.of(400, "Content-Length : 5"),
        Arguments.of(400, "Content-Length\t: 5"),
        Arguments.of(400, "Content-Length\0: 5"),
        Arguments.of(400, "Content-Length\u000b: 5"),
        Arguments.of(400, "Content-Length\r: 5"),
        Arguments.of(400, " Content-Length: 5"),
        Arguments.of(400, "\tContent-Length: 5"),
        Arguments.of(400, "\0Content-Length: 5"),
        Arguments.of(400, "Transfer-Encoding : chunked"),
        Arguments.of(400, "Transfer-Encoding\t: chunked"),
        Arguments.of(400, "Transfer-Encoding\u00a0: chunked"),
        Arguments.of(400, " Transfer-Encoding: chunked"),
        Arguments.of(400, "X: 1\nTransfer-Encoding: chunked"),
        Arguments.of(400, "X: 1\rTransfer-Encoding: chunked"),
        Arguments.of(400, "X: 1\r\r\nTransfer-Encoding: chunked"),
        // A length and a coding.
        Arguments.of(400, "Transfer-Encoding: chunked|Content-Length: 5"),
        Arguments.of(400, "Content-Length: 5|Transfer-Encoding: chunked"),
        Arguments.of(400, "Content-Length: 5|transfer-encoding: CHUNKED"),
        Arguments.of(400, "Content-Length: 5|Transfer-Encoding: xchunked"),
        Arguments.of(400, "Content-Length: 5|Transfer-Encoding: identity"),
        // Another coding than chunked, or chunked more than once.
        Arguments.of(400, "Transfer-Encoding: xchunked"),
        Arguments.of(400, "Transfer-Encoding: chunkedx"),
        Arguments.of(400, "Transfer-Encoding: x chunked"),
        Arguments.of(400, "Transfer-Encoding: identity"),
        Arguments.of(400, "Transfer-Encoding: gzip"),
        Arguments.of(400, "Transfer-Encoding: chunked, identity"),
        Arguments.of(400, "Transfer-Encoding: chunked, gzip"),
        Arguments.of(501, "Transfer-Encoding: gzip, chunked"),
        Arguments.of(501, "Transfer-Encoding: identity, chunked"),
        Arguments.of(501, "Transfer-Encoding: identity|Transfer-Encoding: chunked"),
        Arguments.of(400, "Transfer-Encoding: chunked|Transfer-Encoding: identity"),
        Arguments.of(400, "Transfer-Encoding: chunked, chunked"),
        Arguments.of(400, "Transfer-Encoding: chunked|Transfer-Encoding: chunked"),
        Arguments.of(501, "Transfer-Encoding: , chunked"),
        Arguments.of(501, "Transfer-Encoding: chunked,"),
        Arguments.of(400, "Transfer-Encoding: \"chunked\""),
        Arguments.of(400, "Transfer-Encoding: 'chunked'"),
        Arguments.of(400, "Transfer-Encoding: chunked;a=b"),
        Arguments.of(400, "Transfer-Encoding: chunked\0"),
        Arguments.of(400, "Transfer-Encoding: chunked\u00a0"),
        Arguments.of(400, "Transfer-Encoding: \u000bchunked"),
        Arguments.of(400, "Transfer-Encoding: \u017fchunked"),
        Arguments.of(400, "Transfer-Encoding: "),
        Arguments.of(400, "Transfer-Encoding:"),
        // Fields that go on in the next line.
        Arguments.of(400, "Transfer-Encoding:| chunked"),
        Arguments.of(400, "Transfer-Encoding:|\tchunked"),
        Arguments.of(400, "X: 1| Transfer-Encoding: chunked"),
        Arguments.of(400, "X: 1|\tContent-Length: 5"),
        Arguments.of(400, "X: 1| "),
        Arguments.of(400, "X: 1| \0y"),
        // The key of a draft of WebSocket, whose requests had eight bytes behind them.
        Arguments.of(400, "Sec-WebSocket-Key1: 1|Sec-WebSocket-Key2: 2"),
        Arguments.of(400, "sec-websocket-key2: 2|sec-websocket-key1: 1"));
  }

  @ParameterizedTest
  @MethodSource("framings")
  void requestWithoutOneClearEndIsRefused(int status, String headers) throws Exception {
    for (String method : new String[] {"POST", "GET"}) {
      try (TestVisitor another = ground.visit()) {
        another.send(bytes(method + " / HTTP/1.1|Host: H|" + headers + "||" + BAIT));
        assertRefused(status, another);
      }
    }
  }

  private void assertRefused(int status, TestVisitor refused) throws Exception {
    String answer = refused.readToEnd();
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer.toLowerCase(Locale.ROOT)).contains("\r\nconnection: close\r\n");
    assertThat(answer.indexOf("HTTP/1.1", 1)).as("another answer").isNegative();
    assertThat(ground.hasArrivals()).as("something reached the service").isFalse();
  }

  /** What an old visitor can say is no clearer for its age. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5|Content-Length: 6",
        "Content-Length: 5|Content-Length: 5",
        "Content-Length: 5, 6",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked|Content-Length: 5"
      })
  void requestOfAnOldVisitorWithoutOneClearEndIsRefused(String headers) throws Exception {
    visitor.send(bytes("POST / HTTP/1.0|Host: H|" + headers + "||" + BAIT));

    assertRefused(400, visitor);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No colon",
        ": no name",
        ":",
        "Sp ace: 1",
        "Comma,name: 1",
        "Slash/name: 1",
        "Quote\"name: 1",
        "(name): 1",
        "\u00e9: 1",
        "\u007f: 1",
        "Nul\0name: 1",
        "Cr\rname: 1",
        "Nul: a\0b",
        "Nul: \0",
        "Cr: a\rb",
        "Cr: \r",
        "Escape: a\u001bb",
        "Bell: \u0007",
        "Delete: a\u007fb",
        "Vertical: \u000ba"
      })
  void malformedFieldIsRefused(String field) throws Exception {
    visitor.send(bytes("GET / HTTP/1.1|Host: H|" + field + "||" + BAIT));

    assertRefused(400, visitor);
  }

  static Stream<Arguments> heads() {
    return Stream.of(
        // Which host?
        Arguments.of(400, "GET / HTTP/1.1"),
        Arguments.of(400, "GET http://H/ HTTP/1.1"),
        Arguments.of(400, "GET / HTTP/1.0"),
        Arguments.of(400, "GET / HTTP/1.1|Host: "),
        Arguments.of(400, "GET / HTTP/1.1|Host: H|Host: H"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H|host: other.localhost"),
        Arguments.of(400, "GET / HTTP/1.0|Host: H|Host: other.localhost"),
        Arguments.of(400, "GET / HTTP/1.1|Host : H"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H, H"),
        Arguments.of(400, "GET / HTTP/1.1|Host: user@H"),
        Arguments.of(400, "GET / HTTP/1.1|Host: user:password@H"),
        Arguments.of(400, "GET / HTTP/1.1|Host: http://H"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H:port"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H:-1"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H:evil.example/"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H:80:80"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H:123456"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H/path"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H?query"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H#fragment"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H:80#fragment"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H\\evil.example"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H evil.example"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H\tevil.example"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H| .evil.example"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H\0"),
        Arguments.of(400, "GET / HTTP/1.1|Host: a b.localhost"),
        Arguments.of(400, "GET / HTTP/1.1|Host: \u00e9.localhost"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H:\u00e9"),
        Arguments.of(400, "GET / HTTP/1.1|Host: [::1"),
        Arguments.of(400, "GET http://other.localhost/ HTTP/1.1|Host: H"),
        Arguments.of(400, "GET http://H:81/ HTTP/1.1|Host: H:80"),
        Arguments.of(400, "GET http://user@H/ HTTP/1.1|Host: H"),
        Arguments.of(400, "GET http://user:password@H/ HTTP/1.1|Host: user:password@H"),
        Arguments.of(400, "GET http:///path HTTP/1.1|Host: H"),
        Arguments.of(400, "GET http:/path HTTP/1.1|Host: H"),
        Arguments.of(400, "GET ftp://H/ HTTP/1.1|Host: H"),
        Arguments.of(400, "GET evil?u=http://H/ HTTP/1.1|Host: H"),
        // Which target?
        Arguments.of(400, "GET path HTTP/1.1|Host: H"),
        Arguments.of(400, "GET H:80 HTTP/1.1|Host: H"),
        Arguments.of(400, "GET * HTTP/1.1|Host: H"),
        Arguments.of(400, "OPTIONS *x HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /a#fragment HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /a b HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /a\0b HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /a\u001bb HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /a\u007fb HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /a\rb HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /a\u000bb HTTP/1.1|Host: H"),
        // Which method?
        Arguments.of(400, "G@T / HTTP/1.1|Host: H"),
        Arguments.of(400, "GE\0T / HTTP/1.1|Host: H"),
        Arguments.of(400, "GET: / HTTP/1.1|Host: H"),
        Arguments.of(400, "\u00e9 / HTTP/1.1|Host: H"),
        Arguments.of(400, "\"GET\" / HTTP/1.1|Host: H"),
        Arguments.of(405, "CONNECT H:80 HTTP/1.1|Host: H:80"),
        Arguments.of(405, "CONNECT / HTTP/1.1|Host: H"),
        Arguments.of(405, "TRACE / HTTP/1.1|Host: H"),
        // Which protocol?
        Arguments.of(400, "GET /|Host: H"),
        Arguments.of(400, "GET / HTTX/1.1|Host: H"),
        Arguments.of(400, "GET / http/1.1|Host: H"),
        Arguments.of(400, "GET / HTTP/11|Host: H"),
        Arguments.of(400, "GET / HTTP/1|Host: H"),
        Arguments.of(400, "GET / HTTP/1.10|Host: H"),
        Arguments.of(400, "GET / HTTP/01.1|Host: H"),
        Arguments.of(400, "GET / HTTP/1.x|Host: H"),
        Arguments.of(400, "GET / HTTPS/1.1|Host: H"),
        Arguments.of(505, "GET / HTTP/1.2|Host: H"),
        Arguments.of(505, "GET / HTTP/0.9|Host: H"),
        Arguments.of(505, "GET / HTTP/2.0|Host: H"),
        Arguments.of(505, "GET / HTTP/3.0|Host: H"),
        Arguments.of(505, "PRI * HTTP/2.0"),
        // Where do the words of the first line end?
        Arguments.of(400, " GET / HTTP/1.1|Host: H"),
        Arguments.of(400, "\tGET / HTTP/1.1|Host: H"),
        Arguments.of(400, "GET  / HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /  HTTP/1.1|Host: H"),
        Arguments.of(400, "GET\t/ HTTP/1.1|Host: H"),
        Arguments.of(400, "GET /\tHTTP/1.1|Host: H"),
        Arguments.of(400, "GET\u000b/\u000cHTTP/1.1|Host: H"),
        Arguments.of(400, "GET\r/ HTTP/1.1|Host: H"),
        Arguments.of(400, "GET / HTTP/1.1 |Host: H"),
        Arguments.of(400, "GET / HTTP/1.1\t|Host: H"),
        Arguments.of(400, "GET / HTTP/1.1 x|Host: H"),
        Arguments.of(400, "GET / HTTP/1.1\rX: 1|Host: H"),
        Arguments.of(400, "GET / HTTP/1.1\0|Host: H"),
        Arguments.of(400, "\0GET / HTTP/1.1|Host: H"),
        Arguments.of(400, "GET|Host: H"),
        // Lines that end in LF alone.
        Arguments.of(400, "GET / HTTP/1.1\nHost: H"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H\nX: 1"),
        Arguments.of(400, "GET / HTTP/1.1|Host: H|X: 1\n"),
        // What nobody here can do.
        Arguments.of(417, "POST / HTTP/1.1|Host: H|Expect: 200-ok"),
        Arguments.of(417, "POST / HTTP/1.1|Host: H|Expect: 100-continue, 200-ok"),
        Arguments.of(417, "POST / HTTP/1.1|Host: H|Expect: 100-continue|Expect: x"),
        Arguments.of(417, "POST / HTTP/1.1|Host: H|Expect:"),
        // Too much of it.
        Arguments.of(431, "GET / HTTP/1.1|Host: H" + "|X: 1".repeat(RequestDecoder.MAX_FIELDS)),
        Arguments.of(431, "GET / HTTP/1.1|Host: H|X: " + "a".repeat(70_000)),
        Arguments.of(431, "GET / HTTP/1.1|Host: H" + ("|X: " + "a".repeat(9_000)).repeat(8)),
        Arguments.of(414, "GET /" + "a".repeat(17_000) + " HTTP/1.1|Host: H"),
        Arguments.of(414, "A".repeat(17_000) + " / HTTP/1.1|Host: H"));
  }

  @ParameterizedTest
  @MethodSource("heads")
  void requestThatIsNotClearlyForOneTunnelIsRefused(int status, String head) throws Exception {
    visitor.send(bytes(head + "||" + BAIT));

    assertRefused(status, visitor);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A size that is none.
        "-1|hello|",
        "+5|hello|",
        "0x5|hello|",
        "g|hello|",
        "|hello|",
        "5 5|hello|",
        " 5|hello|",
        "5 |hello|",
        "\t5|hello|",
        "5\0|hello|",
        "5\u000b|hello|",
        ";a|hello|",
        "5.|hello|",
        "\u0665|hello|",
        "80000000|hello|",
        "100000005|hello|",
        "10000000000000005|hello|",
        "123456789123456789|hello|",
        "ffffffffffffffff|hello|",
        // Data that is shorter or longer than its size.
        "6|hello|",
        "4|hello|",
        "5|hello",
        "5|hello\n",
        "5|hello\r",
        "5|hello \r\n",
        "5|hello||",
        // A line that ends in LF or CR alone.
        "5\nhello|",
        "5\rhello|",
        "5;a\nhello|",
        "5;a\nX: |hello|",
        "5;a\rX: |hello|",
        "5|hello|0\n",
        "5|hello|0|X: 1\n",
        // An extension that is none, or too long.
        "5;a=\"|hello|",
        "5;\0|hello|",
        "5;a=b\u0007|hello|",
        "5,a|hello|"
      })
  void malformedChunkIsRefusedAndNothingBehindItReachesTheService(String chunks) throws Exception {
    assertBodyIsRefused(bytes(chunks + "0||" + BAIT + "5|hello|0||" + BAIT));
  }

  /** The visitor is told, and the service hears nothing that it could take for a whole request. */
  private void assertBodyIsRefused(String body) throws Exception {
    visitor.send(bytes("POST / HTTP/1.1|Host: H|Transfer-Encoding: chunked||"));
    ServiceConnection service = ground.serve();
    service.readHead();
    visitor.send(body);

    String answer = visitor.readToEnd();
    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\r\nconnection: close\r\n");
    assertThat(answer.indexOf("HTTP/1.1", 1)).as("another answer").isNegative();
    assertThat(service.readToCut()).doesNotContain("bait", "0\r\n\r\n");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void endlessChunkExtensionIsRefused() throws Exception {
    assertBodyIsRefused("5;" + "a".repeat(17_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No colon",
        "Sp ace: 1",
        "Name : 1",
        " Folded: 1",
        "X: 1| Content-Length: 5",
        "X: 1|\ty",
        "Nul: \0",
        "Cr: a\rb",
        "Lf: a\nb",
        ": 1"
      })
  void malformedTrailerIsRefused(String trailer) throws Exception {
    assertBodyIsRefused(bytes("5|hello|0|" + trailer + "||" + BAIT));
  }

  @Test
  void moreTrailersThanHeadersMayBeAreRefused() throws Exception {
    assertBodyIsRefused(
        bytes("5|hello|0|" + "X: 1|".repeat(RequestDecoder.MAX_FIELDS + 1) + "|" + BAIT));
  }

  /** A head that comes in pieces is judged as one that comes at once. */
  @Test
  void foldedFieldIsRefusedWhereverTheReadsPartIt() throws Exception {
    String head = bytes("GET / HTTP/1.1|Host: H|X: 1| y|Z: 1||");
    for (int cut = 1; cut < head.length(); cut++) {
      try (TestVisitor another = ground.visit()) {
        another.socket().setTcpNoDelay(true);
        another.send(head.substring(0, cut));
        ground.visitorLoop().submit(() -> {}).sync();
        another.send(head.substring(cut));
        assertRefused(400, another);
      }
    }
  }

  static Stream<Arguments> clearRequests() {
    return Stream.of(
        Arguments.of("|||GET / HTTP/1.1|Host: H||", "GET / HTTP/1.1|host: H||"),
        Arguments.of("get / HTTP/1.1|Host: H||", "get / HTTP/1.1|host: H||"),
        Arguments.of("GET //x/../y HTTP/1.1|Host: H||", "GET //x/../y HTTP/1.1|host: H||"),
        Arguments.of("GET http://H HTTP/1.1|Host: H||", "GET / HTTP/1.1|host: H||"),
        Arguments.of("GET http://H/ HTTP/1.0||", "GET / HTTP/1.1|host: H||"),
        Arguments.of("GET / HTTP/1.1|Host:H||", "GET / HTTP/1.1|host: H||"),
        Arguments.of("GET / HTTP/1.1|Host: \t H \t||", "GET / HTTP/1.1|host: H||"),
        Arguments.of(
            "GET / HTTP/1.1|Host: H|Upgrade: h2c|HTTP2-Settings: AAMAAABk|"
                + "Connection: Upgrade, HTTP2-Settings||",
            "GET / HTTP/1.1|host: H||"),
        Arguments.of(
            "POST / HTTP/1.0|Host: H|Expect: 100-continue|Content-Length: 5||hello",
            "POST / HTTP/1.1|content-length: 5|host: H||hello"),
        Arguments.of(
            "GET / HTTP/1.1|Host: H|Content-Length: 5||hello",
            "GET / HTTP/1.1|content-length: 5|host: H||hello"),
        Arguments.of(
            "POST / HTTP/1.1|Host: H|Transfer-Encoding: CHUNKED||05|hello|000||",
            "POST / HTTP/1.1|host: H|transfer-encoding: chunked||5|hello|0||"),
        Arguments.of(
            "POST / HTTP/1.1|Host: H|Transfer-Encoding: chunked||5 ;a;b=\"c\"|hello|0;x||",
            "POST / HTTP/1.1|host: H|transfer-encoding: chunked||5|hello|0||"));
  }

  /** What can be read in one way only is passed on in the words that everybody reads alike. */
  @ParameterizedTest
  @MethodSource("clearRequests")
  void clearRequestIsWrittenAnew(String request, String passedOn) throws Exception {
    visitor.send(bytes(request));

    String body = bytes(passedOn).split("\r\n\r\n", 2)[1];
    ServiceConnection service = ground.serve();
    assertThat(sortedHead(service.readHead())).isEqualTo(bytes(passedOn).replace(body, ""));
    assertThat(body.isEmpty() ? "" : service.readTo(body)).isEqualTo(body);
  }

  /** Without what the edge says of the visitor, names in small letters, in their order. */
  private static String sortedHead(String head) {
    String[] lines = head.strip().split("\r\n");
    String fields =
        Stream.of(lines)
            .skip(1)
            .map(line -> line.split(": ", 2))
            .map(field -> field[0].toLowerCase(Locale.ROOT) + ": " + field[1] + "\r\n")
            .filter(field -> !field.matches("(?s)(x-forwarded-.*|forwarded|x-request-id): .*"))
            .sorted()
            .collect(Collectors.joining());
    return lines[0] + "\r\n" + fields + "\r\n";
  }

  @Test
  void trailersThatBelongInTheHeadAreNotPassedOn() throws Exception {
    visitor.send(bytes("POST / HTTP/1.1|Host: H|Transfer-Encoding: chunked||0|"));
    visitor.send(
        bytes(
            """
            Host: evil.example|Content-Length: 7|Transfer-Encoding: chunked|\
            Content-Type: text/evil|Authorization: evil|Cookie: evil|Connection: evil|\
            TE: trailers|Upgrade: websocket|Expect: 100-continue|Range: bytes=1-|\
            If-Match: evil|X-Forwarded-For: 6.6.6.6|X_Forwarded_Host: evil|Forwarded: for=evil|\
            X-Real-IP: 6.6.6.6|Culvert-Error: evil|Proxy-Authorization: evil|Trailer: X-Sum|\
            X-Sum: 1||\
            """));

    ServiceConnection service = ground.serve();
    service.readHead();
    assertThat(service.readHead()).isEqualTo("0\r\nX-Sum: 1\r\n\r\n");
  }
}
