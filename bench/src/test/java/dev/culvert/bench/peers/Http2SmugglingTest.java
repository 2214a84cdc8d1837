package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.LeakCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests of HTTP/2 that mean something else to whoever reads them as HTTP/1.1: each is refused
 * and no byte of it reaches the service, or it arrives as the one request that it is.
 *
 * <p>A head is {@code name=value} between bars; {@code G} stands for the pseudo-headers of a GET of
 * {@code /x}, {@code P} for those of a POST, {@code S} for a method and a scheme, {@code H} for the
 * tunnel's host.
 */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
final class Http2SmugglingTest {
  private static final String MALFORMED = "RST PROTOCOL_ERROR";
  private static final String BAD = "400 ";

  private Path log;
  private RecordingOrigin service;
  private ReverseProxy culvert;
  private String host;

  @BeforeAll
  void start(@TempDir Path home) throws Exception {
    service = new RecordingOrigin();
    culvert = ReverseProxy.culvertHttps(home, service.port());
    log = home.resolve(ReverseProxy.ACCESS_LOG);
    InetSocketAddress address = culvert.address();
    host = address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @AfterAll
  void stop() throws Exception {
    culvert.close();
    service.close();
  }

  private RawHttp2 visit() throws Exception {
    InetSocketAddress address = culvert.address();
    return RawHttp2.open(address, address.getAddress().getHostAddress());
  }

  private String[] fields(String head) {
    return Stream.of(head.split("\\|", -1))
        .flatMap(field ->
            switch (field) {
              case "G" -> Stream.of(":method=GET", ":scheme=https", ":path=/x", ":authority=H");
              case "P" -> Stream.of(":method=POST", ":scheme=https", ":path=/x", ":authority=H");
              case "S" -> Stream.of(":method=GET", ":scheme=https");
              default -> Stream.of(field);
            })
        .map(field -> field.replaceAll("\\bH\\b", host))
        .toArray(String[]::new);
  }

  static Stream<Arguments> heads() {
    return Stream.of(
        // Pseudo-headers that are missing, empty, doubled, unknown or out of place.
        Arguments.of(MALFORMED, ":scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=GET|:path=/|:authority=H"),
        Arguments.of(MALFORMED, "S|:authority=H"),
        Arguments.of(BAD, "S|:path=/"),
        Arguments.of(MALFORMED, ":method=|:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=GET|:scheme=|:path=/|:authority=H"),
        Arguments.of(MALFORMED, "S|:path=|:authority=H"),
        Arguments.of(MALFORMED, "S|:path=/|:authority="),
        Arguments.of(MALFORMED, "S|:path=/|:authority=|host=H"),
        Arguments.of(MALFORMED, "G|:method=GET"),
        Arguments.of(MALFORMED, "G|:method=POST"),
        Arguments.of(MALFORMED, "G|:scheme=https"),
        Arguments.of(MALFORMED, "G|:path=/x"),
        Arguments.of(MALFORMED, "G|:path=/y"),
        Arguments.of(MALFORMED, "G|:authority=H"),
        Arguments.of(MALFORMED, "G|:authority=other.localhost"),
        Arguments.of(MALFORMED, "G|:unknown=1"),
        Arguments.of(MALFORMED, "G|:=1"),
        Arguments.of(MALFORMED, "G|:status=200"),
        Arguments.of(MALFORMED, "G|:protocol=websocket"),
        Arguments.of(MALFORMED, "S|:authority=H|x=1|:path=/x"),
        Arguments.of(MALFORMED, "x=1|G"),
        Arguments.of(MALFORMED, ":Method=GET|:scheme=https|:path=/|:authority=H"),
        // Names that are none.
        Arguments.of(MALFORMED, "G|X-Upper=1"),
        Arguments.of(MALFORMED, "G|Content-Length=5"),
        Arguments.of(MALFORMED, "G|Transfer-Encoding=chunked"),
        Arguments.of(MALFORMED, "G|=1"),
        Arguments.of(MALFORMED, "G|x y=1"),
        Arguments.of(MALFORMED, "G| x=1"),
        Arguments.of(MALFORMED, "G|x =1"),
        Arguments.of(MALFORMED, "G|transfer-encoding =chunked"),
        Arguments.of(MALFORMED, "G|x\t=1"),
        Arguments.of(MALFORMED, "G|x:y=1"),
        Arguments.of(MALFORMED, "G|transfer-encoding: chunked=1"),
        Arguments.of(MALFORMED, "G|x\0=1"),
        Arguments.of(MALFORMED, "G|x\r=1"),
        Arguments.of(MALFORMED, "G|x\n=1"),
        Arguments.of(MALFORMED, "G|x: 1\r\ntransfer-encoding=chunked"),
        Arguments.of(MALFORMED, "G|x: 1\r\n\r\nGET /evil HTTP/1.1\r\nhost=H"),
        Arguments.of(MALFORMED, "G|\u00e9=1"),
        Arguments.of(MALFORMED, "G|x\u007f=1"),
        Arguments.of(MALFORMED, "G|x(=1"),
        Arguments.of(MALFORMED, "G|x,y=1"),
        // Values that are none.
        Arguments.of(MALFORMED, "G|x=a\r\ntransfer-encoding: chunked"),
        Arguments.of(MALFORMED, "G|x=a\r\n\r\nGET /evil HTTP/1.1\r\nHost: H"),
        Arguments.of(MALFORMED, "G|x=a\ntransfer-encoding: chunked"),
        Arguments.of(MALFORMED, "G|x=a\rb"),
        Arguments.of(MALFORMED, "G|x=\r\n"),
        Arguments.of(MALFORMED, "G|x=a\n"),
        Arguments.of(MALFORMED, "G|x=a\r\n b"),
        Arguments.of(MALFORMED, "G|x=a\0b"),
        Arguments.of(MALFORMED, "G|x=\0"),
        Arguments.of(MALFORMED, "G|x= a"),
        Arguments.of(MALFORMED, "G|x=\ta"),
        Arguments.of(MALFORMED, "G|x=a "),
        Arguments.of(MALFORMED, "G|x=a\t"),
        Arguments.of(MALFORMED, "G|x= "),
        Arguments.of(MALFORMED, "G|x=a\u001bb"),
        Arguments.of(MALFORMED, "G|x=a\u007fb"),
        Arguments.of(MALFORMED, "G|cookie=a=1\r\nx: 1"),
        Arguments.of(MALFORMED, "G|cookie=a=1|cookie=b=2\r\nx: 1"),
        Arguments.of(MALFORMED, "G|cookie=a=1\0"),
        Arguments.of(MALFORMED, "G|cookie=a=1 |cookie=b=2"),
        // What is of one connection of HTTP/1.1.
        Arguments.of(MALFORMED, "G|connection=close"),
        Arguments.of(MALFORMED, "G|connection=content-length"),
        Arguments.of(MALFORMED, "G|keep-alive=timeout=5"),
        Arguments.of(MALFORMED, "G|proxy-connection=keep-alive"),
        Arguments.of(MALFORMED, "G|transfer-encoding=chunked"),
        Arguments.of(MALFORMED, "G|transfer-encoding=identity"),
        Arguments.of(MALFORMED, "G|upgrade=websocket"),
        Arguments.of(MALFORMED, "G|upgrade=h2c|http2-settings=AAMAAABkAAQCAAAAAAIAAAAA"),
        Arguments.of(MALFORMED, "G|te=gzip"),
        Arguments.of(MALFORMED, "G|te=chunked"),
        Arguments.of(MALFORMED, "G|te=trailers, chunked"),
        Arguments.of(MALFORMED, "G|te=trailers|te=chunked"),
        // Lengths of a body that does not come.
        Arguments.of(MALFORMED, "P|content-length=5"),
        Arguments.of(MALFORMED, "G|content-length=5"),
        Arguments.of(MALFORMED, "P|content-length=0|content-length=5"),
        Arguments.of(MALFORMED, "P|content-length=5|content-length=0"),
        Arguments.of(MALFORMED, "P|content-length=0, 5"),
        Arguments.of(MALFORMED, "P|content-length=+0"),
        Arguments.of(MALFORMED, "P|content-length=-0"),
        Arguments.of(MALFORMED, "P|content-length=0x0"),
        Arguments.of(MALFORMED, "P|content-length="),
        Arguments.of(MALFORMED, "P|content-length=0,"),
        Arguments.of(MALFORMED, "P|content-length=a"),
        Arguments.of(MALFORMED, "P|content-length=18446744073709551616"),
        // Which host?
        Arguments.of(BAD, "G|host=other.localhost"),
        Arguments.of(BAD, "G|host=H|host=H"),
        Arguments.of(BAD, "G|host=H|host=other.localhost"),
        Arguments.of(BAD, "S|:path=/|host=H|host=H"),
        Arguments.of(BAD, "S|:path=/|host=user@H"),
        Arguments.of(BAD, "S|:path=/|:authority=user@H"),
        Arguments.of(BAD, "S|:path=/|:authority=https://H"),
        Arguments.of(BAD, "S|:path=/|:authority=H/evil"),
        Arguments.of(BAD, "S|:path=/|:authority=H?evil"),
        Arguments.of(BAD, "S|:path=/|:authority=H#evil"),
        Arguments.of(BAD, "S|:path=/|:authority=H, other.localhost"),
        Arguments.of(BAD, "S|:path=/|:authority=H:80"),
        Arguments.of(BAD, "S|:path=/|:authority=other.localhost:port"),
        Arguments.of(BAD, "S|:path=/|:authority=[::1"),
        Arguments.of(BAD, "S|:path=/|:authority=\u00e9.localhost"),
        Arguments.of(BAD, "S|:path=/|:authority=a b"),
        Arguments.of(MALFORMED, "S|:path=/|:authority=H\r\nx: 1"),
        Arguments.of(MALFORMED, "S|:path=/|:authority=H\0"),
        Arguments.of(MALFORMED, "S|:path=/|:authority= H"),
        Arguments.of(MALFORMED, "S|:path=/|:authority=H "),
        // Which path?
        Arguments.of(BAD, "S|:path=x|:authority=H"),
        Arguments.of(BAD, "S|:path=?x|:authority=H"),
        Arguments.of(BAD, "S|:path=*|:authority=H"),
        Arguments.of(BAD, "S|:path=https://H/x|:authority=H"),
        Arguments.of(BAD, "S|:path=http://other.localhost/|:authority=H"),
        Arguments.of(BAD, "S|:path=H|:authority=H"),
        Arguments.of(BAD, "S|:path=/a b|:authority=H"),
        Arguments.of(BAD, "S|:path=/a HTTP/1.1|:authority=H"),
        Arguments.of(BAD, "S|:path=/a\tb|:authority=H"),
        Arguments.of(BAD, "S|:path=/a#b|:authority=H"),
        Arguments.of(MALFORMED, "S|:path=/a\u007f|:authority=H"),
        Arguments.of(MALFORMED, "S|:path=/a |:authority=H"),
        Arguments.of(MALFORMED, "S|:path= /a|:authority=H"),
        Arguments.of(MALFORMED, "S|:path=/a\r\nx: 1|:authority=H"),
        Arguments.of(MALFORMED, "S|:path=/ HTTP/1.1\r\nHost: H\r\n\r\nGET /evil|:authority=H"),
        Arguments.of(MALFORMED, "S|:path=/a\n|:authority=H"),
        Arguments.of(MALFORMED, "S|:path=/a\0|:authority=H"),
        // Which method?
        Arguments.of(MALFORMED, ":method=GET /evil HTTP/1.1|:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=GET\r\nx: 1|:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=GET\n|:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=G\0ET|:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method= GET|:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=GET |:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=G\tET|:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=G:ET|:scheme=https|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=\u00e9|:scheme=https|:path=/|:authority=H"),
        Arguments.of("405 ", ":method=TRACE|:scheme=https|:path=/|:authority=H"),
        Arguments.of("405 ", ":method=CONNECT|:authority=H"),
        Arguments.of("405 ", ":method=CONNECT|:scheme=https|:path=/|:authority=H"),
        Arguments.of("501 ", ":method=CONNECT|:protocol=echo|:scheme=https|:path=/|:authority=H"),
        Arguments.of(
            "501 ", ":method=CONNECT|:protocol=websocket|:scheme=https|:path=/|:authority=H"),
        // Which scheme?
        Arguments.of(BAD, ":method=GET|:scheme=ftp|:path=/|:authority=H"),
        Arguments.of(BAD, ":method=GET|:scheme=https://H|:path=/|:authority=H"),
        Arguments.of(BAD, ":method=GET|:scheme=http s|:path=/|:authority=H"),
        Arguments.of(MALFORMED, ":method=GET|:scheme=https\r\nx: 1|:path=/|:authority=H"),
        // Expectations, and too much of it.
        Arguments.of("417 ", "G|expect=200-ok"),
        Arguments.of("417 ", "G|expect=100-continue, 200-ok"),
        Arguments.of("431 ", "G" + "|x=1".repeat(101)),
        Arguments.of("431 ", "G" + ("|x=" + "a".repeat(7_000)).repeat(10)));
  }

  @ParameterizedTest
  @MethodSource("heads")
  void headThatCouldBeReadInAnotherWayReachesNoService(String answer, String head)
      throws Exception {
    long before = service.receivedBytes();
    try (RawHttp2 visitor = visit()) {
      send(visitor, RawHttp2.block(fields(head)));

      assertThat(visitor.answer(1)).startsWith(answer);
      assertThat(service.receivedBytes()).isEqualTo(before);
      assertThat(service.takeSeen()).isEmpty();
      assertOthersAreServed(visitor);
    }
  }

  /** A head may be longer than a frame. */
  private static void send(RawHttp2 visitor, byte[] block) throws Exception {
    int bytes = 16_384;
    for (int from = 0; from < block.length; from += bytes) {
      int to = Math.min(block.length, from + bytes);
      int flags = to < block.length ? 0 : RawHttp2.END_HEADERS;
      byte[] part = Arrays.copyOfRange(block, from, to);
      if (from == 0) {
        visitor.frame(RawHttp2.HEADERS, flags | RawHttp2.END_STREAM, 1, part);
      } else {
        visitor.frame(RawHttp2.CONTINUATION, flags, 1, part);
      }
    }
    visitor.flush();
  }

  /** The same connection goes on, and what it brings next is all that the service sees. */
  private void assertOthersAreServed(RawHttp2 visitor) throws Exception {
    visitor.head(3, RawHttp2.WHOLE, RawHttp2.get(host, "/next"));
    visitor.flush();

    assertThat(visitor.answer(3)).isEqualTo("200 ok");
    assertThat(service.takeSeen()).containsExactly("GET /next host=" + host);
  }

  static Stream<Arguments> passed() {
    return Stream.of(
        Arguments.of("GET /x host=H", "G"),
        Arguments.of("GET /x host=H", "G|host=H"),
        Arguments.of("GET / host=H", "S|:path=/|host=H"),
        Arguments.of("GET / host=H", ":authority=H|:path=/|:scheme=http|:method=GET"),
        Arguments.of("get / host=H", ":method=get|:scheme=https|:path=/|:authority=H"),
        Arguments.of("OPTIONS * host=H", ":method=OPTIONS|:scheme=https|:path=*|:authority=H"),
        Arguments.of("GET //x/../y?a=b?c host=H", "S|:path=//x/../y?a=b?c|:authority=H"),
        Arguments.of("GET /%C3%A9 host=H", "S|:path=/\u00c3\u00a9|:authority=H"),
        Arguments.of("GET /x host=H x=", "G|x="),
        Arguments.of("GET /x host=H x=a\\xe9", "G|x=a\u00e9"),
        Arguments.of("GET /x host=H x=a  \\x09b", "G|x=a  \tb"),
        Arguments.of("GET /x host=H x=1 x=2", "G|x=1|x=2"),
        Arguments.of("GET /x cookie=a=1; b=2; c=3 host=H x=1", "G|cookie=a=1|x=1|cookie=b=2; c=3"),
        Arguments.of("GET /x host=H te=trailers", "G|te=trailers"),
        Arguments.of("POST /x host=H", "P|content-length=0"),
        Arguments.of("GET /x host=H", "G|expect=100-continue"),
        Arguments.of("GET /x host=H", "G|forwarded=for=6.6.6.6|x-forwarded-host=other"),
        Arguments.of("GET /x host=H", "G|http2-settings=AAMAAABk|proxy-authorization=Basic eA=="));
  }

  @ParameterizedTest
  @MethodSource("passed")
  void requestArrivesAsTheOneThatItIs(String arrives, String head) throws Exception {
    try (RawHttp2 visitor = visit()) {
      send(visitor, RawHttp2.block(fields(head)));

      assertThat(visitor.answer(1)).isEqualTo("200 ok");
      assertThat(service.takeSeen()).containsExactly(arrives.replaceAll("\\bH\\b", host));
      assertOthersAreServed(visitor);
    }
  }

  static Stream<Arguments> bodies() {
    String evil = "GET /evil HTTP/1.1\r\nHost: H\r\n\r\n";
    return Stream.of(
        // The length and the data do not agree.
        Arguments.of(MALFORMED, "P|content-length=5", List.of("hell.")),
        Arguments.of(MALFORMED, "P|content-length=5", List.of("hel", "l.")),
        Arguments.of(MALFORMED, "P|content-length=5", List.of("hello!.")),
        Arguments.of(MALFORMED, "P|content-length=5", List.of("hello", evil + ".")),
        Arguments.of(MALFORMED, "P|content-length=0", List.of(evil + ".")),
        Arguments.of(MALFORMED, "G|content-length=0", List.of(evil + ".")),
        Arguments.of(MALFORMED, "P|content-length=5", List.of(".")),
        // Lengths that are none, or more than one.
        Arguments.of(MALFORMED, "P|content-length=5|content-length=6", List.of("hello.")),
        Arguments.of(MALFORMED, "P|content-length=5, 6", List.of("hello.")),
        Arguments.of(MALFORMED, "P|content-length=+5", List.of("hello.")),
        Arguments.of(MALFORMED, "P|content-length=-5", List.of("hello.")),
        Arguments.of(MALFORMED, "P|content-length=0x5", List.of("hello.")),
        Arguments.of(MALFORMED, "P|content-length=5 ", List.of("hello.")),
        Arguments.of(MALFORMED, "P|content-length=5;", List.of("hello.")),
        Arguments.of(MALFORMED, "P|content-length=", List.of("hello.")),
        Arguments.of(MALFORMED, "P|transfer-encoding=chunked", List.of("0\r\n\r\n" + evil + ".")),
        // Trailers that are none.
        Arguments.of(MALFORMED, "P", List.of("hello", "T:path=/evil")),
        Arguments.of(MALFORMED, "P", List.of("hello", "T:status=200")),
        Arguments.of(MALFORMED, "P", List.of("hello", "TX-Upper=1")),
        Arguments.of(MALFORMED, "P", List.of("hello", "Tx=a\r\n\r\n" + evil)),
        Arguments.of(MALFORMED, "P", List.of("hello", "Tx\r\n\r\n" + evil + "=1")),
        Arguments.of(MALFORMED, "P", List.of("hello", "Tx=1 ")),
        Arguments.of(MALFORMED, "P", List.of("hello", "Ttransfer-encoding=chunked")),
        Arguments.of(MALFORMED, "P", List.of("hello", "Tconnection=close")),
        Arguments.of(MALFORMED, "P|content-length=5", List.of("hell", "Tx=1")),
        // A second head.
        Arguments.of(MALFORMED, "P", List.of("hello", "tx=1")),
        Arguments.of(MALFORMED, "P", List.of("hello", "tG")));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void bodyThatCouldEndElsewhereIsNoWholeRequest(String answer, String head, List<String> parts)
      throws Exception {
    try (RawHttp2 visitor = visit()) {
      visitor.head(1, RawHttp2.END_HEADERS, fields(head));
      sendBody(visitor, parts);

      assertThat(visitor.answer(1)).isEqualTo(answer);
      assertOthersAreServed(visitor);
      await(() -> service.unfinished() == 0);
    }
  }

  private static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Text that ends in a point is the last; behind a T are trailers, behind a t a head. */
  private void sendBody(RawHttp2 visitor, List<String> parts) throws Exception {
    for (String part : parts) {
      if (part.startsWith("T")) {
        visitor.head(1, RawHttp2.WHOLE, fields(part.substring(1)));
      } else if (part.startsWith("t")) {
        visitor.head(1, RawHttp2.END_HEADERS, fields(part.substring(1)));
      } else {
        boolean isLast = part.endsWith(".");
        String text = part.substring(0, part.length() - (isLast ? 1 : 0));
        visitor.data(1, isLast ? RawHttp2.END_STREAM : 0, text);
      }
    }
    visitor.flush();
  }

  static Stream<Arguments> passedBodies() {
    return Stream.of(
        Arguments.of("POST /x host=H body=hello", "P|content-length=5", List.of("hello.")),
        Arguments.of("POST /x host=H body=hello", "P|content-length=5", List.of("hel", "lo", ".")),
        Arguments.of("POST /x host=H body=hello", "P", List.of("hel", "lo.")),
        Arguments.of("POST /x host=H body=0\\x0d\\x0a\\x0d\\x0a", "P", List.of("0\r\n\r\n.")),
        Arguments.of("GET /x host=H body=hello", "G", List.of("hello.")),
        Arguments.of("POST /x host=H body=hello trailer x: 1", "P", List.of("hello", "Tx=1")),
        Arguments.of(
            "POST /x host=H body=hello",
            "P",
            List.of("hello", "Tcontent-length=9|host=other|cookie=a")));
  }

  @ParameterizedTest
  @MethodSource("passedBodies")
  void bodyArrivesAsTheOneThatItIs(String arrives, String head, List<String> parts)
      throws Exception {
    try (RawHttp2 visitor = visit()) {
      visitor.head(1, RawHttp2.END_HEADERS, fields(head));
      sendBody(visitor, parts);

      assertThat(visitor.answer(1)).isEqualTo("200 ok");
      assertThat(service.takeSeen()).containsExactly(arrives.replaceAll("\\bH\\b", host));
      assertOthersAreServed(visitor);
    }
  }

  static Stream<Arguments> unreadable() {
    return Stream.of(
        Arguments.of("S|:path=/blank|:authority=H|x=1 ", "\"/blank\".*400.*\"bad-request\""),
        Arguments.of("S|:path=/host|:authority=a b", "\"/host\".*400.*\"bad-request\""),
        Arguments.of("G|X-Upper=1", "\"target\":\"\".*400.*\"bad-request\""),
        Arguments.of("G" + ("|x=" + "a".repeat(7_000)).repeat(10), "431.*\"headers-too-large\""));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void requestThatCannotBeReadIsALineOfTheLog(String head, String line) throws Exception {
    Files.writeString(log, "");
    try (RawHttp2 visitor = visit()) {
      send(visitor, RawHttp2.block(fields(head)));
      visitor.answer(1);

      Predicate<String> isOurs = Pattern.compile(line).asPredicate();
      await(() -> logged(log).lines().anyMatch(isOurs)); // others may still be written
      assertThat(logged(log).lines().filter(isOurs)).hasSize(1);
    }
  }

  private static String logged(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
