package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a message's headers passes the edge, and what is for one connection only. */
final class PassedOnHeadersTest {
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
  void visitorsOwnForwardedHeadersAreReplaced() throws Exception {
    visitor.send(
        """
        GET / HTTP/1.1\r
        Host: app.localhost\r
        X-Forwarded-For: 6.6.6.6\r
        x-forwarded-for: 6.6.6.7\r
        X_Forwarded_For: 6.6.6.8\r
        X-Forwarded_Proto: gopher\r
        X-Forwarded-Proto: gopher\r
        X-Forwarded-Host: evil.example\r
        X-Forwarded-Port: gopher\r
        X-Forwarded-Prefix: /evil\r
        X-Forwarded-Ssl: on\r
        X-Real-IP: 6.6.6.9\r
        X_Real_IP: 6.6.6.9\r
        Forwarded: for=6.6.6.6\r
        X-Request-Id: mine\r
        X_Request_Id: mine\r
        Via: 1.1 honest\r
        \r
        """);

    String head = ground.serve().readHead();

    assertThat(head)
        .doesNotContain("6.6.6.", "gopher", "evil", "Ssl", "mine")
        .contains(
            "\r\nx-forwarded-for: 127.0.0.1\r\n",
            "\r\nx-forwarded-proto: http\r\n",
            "\r\nx-forwarded-host: app.localhost\r\n",
            "\r\nforwarded: for=127.0.0.1;host=app.localhost;proto=http\r\n",
            "\r\nx-request-id: ",
            "\r\nVia: 1.1 honest\r\n");
  }

  @Test
  void trailersSayNothingInAProxysWords() throws Exception {
    visitor.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    visitor.send("0\r\nX-Forwarded-For: 6.6.6.6\r\nContent-Length: 7\r\nX-Sum: 1\r\n\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();

    assertThat(service.readHead()).isEqualTo("0\r\nX-Sum: 1\r\n\r\n");
  }

  @Test
  void headersOfTheVisitorsConnectionStopAtTheEdge() throws Exception {
    visitor.send(
        """
        GET / HTTP/1.1\r
        Host: app.localhost\r
        Connection: keep-alive, X-Once, TE\r
        Connection: , ,X-Twice\r
        Proxy: http://evil.example\r
        X-Once: 1\r
        X-Twice: 2\r
        X-Kept: 3\r
        Keep-Alive: timeout=1\r
        Proxy-Connection: keep-alive\r
        Proxy-Authorization: secret\r
        Upgrade: h2c\r
        HTTP2-Settings: AAA\r
        TE: gzip;q=1, trailers\r
        \r
        """);

    assertThat(ground.serve().readHead())
        .doesNotContainIgnoringCase("X-Once", "X-Twice", "secret", "evil", "h2c", "AAA", "gzip")
        .doesNotContainIgnoringCase("keep-alive", "Connection")
        .containsIgnoringCase("\r\nX-Kept: 3\r\n")
        .containsIgnoringCase("\r\nTE: trailers\r\n");
  }

  @Test
  void connectionHeaderCannotTakeAwayWhatTheRequestIs() throws Exception {
    visitor.send(
        """
        POST / HTTP/1.1\r
        Host: app.localhost\r
        Connection: host, content-length, authorization, cookie, x-forwarded-for\r
        Authorization: a\r
        Cookie: b\r
        Content-Length: 5\r
        \r
        hello\
        """);

    assertThat(ground.serve().readTo("hello"))
        .containsIgnoringCase("\r\nHost: app.localhost\r\n")
        .containsIgnoringCase("\r\nContent-Length: 5\r\n")
        .containsIgnoringCase("\r\nAuthorization: a\r\n")
        .containsIgnoringCase("\r\nCookie: b\r\n")
        .contains("\r\nx-forwarded-for: 127.0.0.1\r\n");
  }

  @Test
  void headersOfTheServicesConnectionStopAtTheEdge() throws Exception {
    visitor.get("/");
    ServiceConnection service = ground.serve();
    service.readHead();

    service.send(
        """
        HTTP/1.1 200 OK\r
        Content-Length: 0\r
        Connection: keep-alive, X-Once\r
        X-Once: 1\r
        X-Kept: 3\r
        Keep-Alive: timeout=5\r
        Proxy-Authenticate: Basic\r
        Culvert-Error: forged\r
        \r
        """);

    assertThat(visitor.readHead())
        .isEqualToIgnoringCase("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Kept: 3\r\n\r\n");
  }
}
