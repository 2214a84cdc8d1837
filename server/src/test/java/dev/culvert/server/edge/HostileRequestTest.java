package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that name their tunnel or their target in odd ways, or without end. */
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
  void endlessRequestLineIs414WithoutItsEnd() throws Exception {
    visitor.send("GET /" + "a".repeat(20_000));

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 414 ");
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

    assertThat(visitor.readResponse())
        .startsWith("HTTP/1.1 404 ")
        .contains("a&amp;&#39;b.localhost");
  }
}
