package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that two readers could understand differently, and requests that are too much. */
final class HostileRequestTest {
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

  @Test
  void bytesBehindTheKeysOfAWebSocketDraftReachNoService() throws Exception {
    visitor.send(
        "GET / HTTP/1.1\r\nHost: app.localhost\r\nSec-WebSocket-Key1: 1\r\n"
            + "Sec-WebSocket-Key2: 2\r\n\r\nGET /end");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 400 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  /** Each {@code |} stands for a line end; the Host comes behind the first line. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5|Content-Length: 6",
        "Content-Length: 5|Content-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: -5",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length: ",
        "Content-Length : 5",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked",
        "Transfer-Encoding: identity|Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked|Content-Length: 5",
        "Content-Length: 5|Transfer-Encoding: chunked",
        "Content-Length: 5|Transfer-Encoding: xchunked",
        "Transfer-Encoding:\u000bchunked",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked;a=b",
        "Transfer-Encoding: ",
        "No colon",
        ": no name",
        "Sp ace: 1",
        "Nul: a\0b",
        "Cr: a\rb",
        "Nul\0name: 1",
        "Cr\rname: 1"
      })
  void ambiguousHeaderIsRefusedAndTheConnectionEnds(String headers) throws Exception {
    visitor.send(
        "POST / HTTP/1.1\r\nHost: app.localhost\r\n" + headers.replace("|", "\r\n") + "\r\n\r\n");

    String answer = visitor.readToEnd();

    assertThat(answer).matches("(?s)HTTP/1.1 (400|501) .*");
    assertThat(answer.toLowerCase(Locale.ROOT)).contains("connection: close");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void chunkedRequestOfAnOldVisitorIsRefused() throws Exception {
    visitor.send(
        "POST / HTTP/1.0\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 400 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void bareLineFeedEndsNoLine() throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: app.localhost\nX: 1\r\n\r\n");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 400 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void foldedHeaderBecomesOneLine() throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: app.localhost\r\nX-Folded: a\r\n  b: c\r\n\r\n");

    assertThat(ground.serve().readHead()).containsIgnoringCase("\r\nx-folded: a b: c\r\n");
  }

  /** The line, where {@code H} stands for the tunnel's host. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1",
        "GET http://H/ HTTP/1.1",
        "GET / HTTP/1.1|Host: ",
        "GET / HTTP/1.1|Host: H|Host: H",
        "GET / HTTP/1.1|Host: H|Host: other.localhost",
        "GET / HTTP/1.1|Host: H, H",
        "GET / HTTP/1.1|Host: user@H",
        "GET / HTTP/1.1|Host: H:port",
        "GET / HTTP/1.1|Host: H:evil.example/",
        "GET / HTTP/1.1|Host: H:80:80",
        "GET / HTTP/1.1|Host: H:123456",
        "GET / HTTP/1.1|Host: H/path",
        "GET / HTTP/1.1|Host: H#fragment",
        "GET / HTTP/1.1|Host: H:80#fragment",
        "GET / HTTP/1.1|Host: a b.localhost",
        "GET / HTTP/1.1|Host: \u00e9.localhost",
        "GET / HTTP/1.1|Host: H:\u00e9",
        "GET http://other.localhost/ HTTP/1.1|Host: H",
        "GET http://user@H/ HTTP/1.1|Host: H",
        "GET http:///path HTTP/1.1|Host: H",
        "GET ftp://H/ HTTP/1.1|Host: H",
        "GET evil?u=http://H/ HTTP/1.1|Host: H",
        "GET path HTTP/1.1|Host: H",
        "GET * HTTP/1.1|Host: H",
        "GET /a#fragment HTTP/1.1|Host: H",
        "GET /a b HTTP/1.1|Host: H",
        "GET /a\0b HTTP/1.1|Host: H",
        "G@T / HTTP/1.1|Host: H",
        "GET / HTTX/1.1|Host: H",
        "GET /|Host: H"
      })
  void requestWithoutOneClearHostAndTargetIsRefused(String head) throws Exception {
    visitor.send(
        head.replace("H/", "app.localhost/")
                .replace("|", "\r\n")
                .replaceAll("(?m)(Host: |@|, )H", "$1app.localhost")
            + "\r\n\r\n");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 400 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.localhost",
        "APP.LocalHost",
        "app.localhost.",
        "app.localhost:80",
        "app.localhost:",
        "app.localhost.:8080"
      })
  void hostMayHaveAPortATrailingDotAndCapitals(String host) throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

    assertThat(ground.serve().readHead()).containsIgnoringCase("\r\nhost: " + host + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        ".localhost",
        "a.app.localhost",
        "app.localhost.evil",
        "appxlocalhost",
        "[::1]",
        "[::1]:80",
        "127.0.0.1",
        "app",
        "app..localhost",
        "app.localhost.."
      })
  void hostOfNoTunnelIsNotFound(String host) throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 404 ");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void absoluteTargetIsPassedOnInOriginForm() throws Exception {
    visitor.send("GET HTTP://APP.localhost?q=1 HTTP/1.1\r\nHost: app.localhost\r\n\r\n");

    assertThat(ground.serve().readHead()).startsWith("GET /?q=1 HTTP/1.1\r\n");
  }

  @Test
  void asteriskIsForOptions() throws Exception {
    visitor.send("OPTIONS * HTTP/1.1\r\nHost: app.localhost\r\n\r\n");

    assertThat(ground.serve().readHead()).startsWith("OPTIONS * HTTP/1.1\r\n");
  }

  @Test
  void bytesBeyondAsciiInATargetKeepTheirMeaning() throws Exception {
    visitor.send("GET /caf\u00c3\u00a9 HTTP/1.1\r\nHost: app.localhost\r\n\r\n");

    assertThat(ground.serve().readHead()).startsWith("GET /caf%C3%A9 HTTP/1.1\r\n");
  }

  @Test
  void bytesBeyondAsciiInAHeaderPassBothWays() throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: app.localhost\r\nX-Name: caf\u00c3\u00a9\r\n\r\n");
    ServiceConnection service = ground.serve();

    assertThat(service.readHead()).containsIgnoringCase("\r\nx-name: caf\u00c3\u00a9\r\n");
    service.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: \u00c3\u00a9\u00ff\r\n\r\n");
    assertThat(visitor.readHead()).containsIgnoringCase("\r\nx-name: \u00c3\u00a9\u00ff\r\n");
  }

  @Test
  void longTargetIs414() throws Exception {
    visitor.send("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: app.localhost\r\n\r\n");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 414 ");
  }

  @Test
  void largeHeadersAre431() throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: app.localhost\r\nX: " + "a".repeat(70_000) + "\r\n\r\n");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void endlessRequestLineIs414WithoutItsEnd() throws Exception {
    visitor.send("GET /" + "a".repeat(20_000));

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 414 ");
  }

  @Test
  void otherProtocolVersionsAreRefused() throws Exception {
    visitor.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 505 ");
  }

  @Test
  void connectIsRefused() throws Exception {
    visitor.send("CONNECT app.localhost:80 HTTP/1.1\r\nHost: app.localhost:80\r\n\r\n");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 405 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0x5", "g", "", "123456789123456789", "5 5"})
  void malformedChunkCutsTheRequest(String size) throws Exception {
    visitor.send(
        "POST / HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            + size
            + "\r\nhello\r\n0\r\n\r\n");

    assertThat(ground.serve().awaitFinish()).isFalse();
  }

  @Test
  void chunkExtensionsAreNotPassedOn() throws Exception {
    visitor.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    visitor.send("5;a=\"b\"\r\nhello\r\n0\r\n\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();

    assertThat(service.readTo("0\r\n\r\n")).isEqualTo("5\r\nhello\r\n0\r\n\r\n");
  }

  @Test
  void markupInAHostIsEscapedOnThePage() throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: a&'b.localhost\r\nAccept: text/html\r\n\r\n");

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 404 ").contains("a&amp;'b.localhost");
  }
}
