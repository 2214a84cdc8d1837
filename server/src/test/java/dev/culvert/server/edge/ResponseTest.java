package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Responses as a service may send them, and what the visitor is told of their end. */
final class ResponseTest {
  @TempDir private Path state;
  private EdgeGround ground;
  private TestVisitor visitor;

  @BeforeEach
  void open() throws Exception {
    ground = EdgeGround.openOnTwoLoops(state);
    visitor = ground.visit();
  }

  @AfterEach
  void close() throws Exception {
    visitor.close();
    ground.close();
  }

  private ServiceConnection asked(String request) throws Exception {
    visitor.send(request.replace("\n", "\r\n"));
    ServiceConnection service = ground.serve();
    service.readHead();
    return service;
  }

  private ServiceConnection asked() throws Exception {
    return asked("GET / HTTP/1.1\nHost: app.localhost\n\n");
  }

  @Test
  void earlyHintsDoNotUnsettleWhatFollows() throws Exception {
    visitor.send("HEAD /a HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
    visitor.send("GET /b HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    service.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    service.readHead();
    service.respond("b");

    assertThat(visitor.readHead()).startsWith("HTTP/1.1 103 ").contains("</a>");
    assertThat(visitor.readHead()).startsWith("HTTP/1.1 200 ");
    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nb");
  }

  @Test
  void oldVisitorsHearNothingInformational() throws Exception {
    ServiceConnection service = asked("GET / HTTP/1.0\nHost: app.localhost\n\n");
    service.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    service.respond("a");

    assertThat(visitor.readToEnd()).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\na");
  }

  @Test
  void responseWithoutABodyEndsWithItsHead() throws Exception {
    ServiceConnection service = asked();
    service.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
    assertThat(visitor.readHead()).contains("Content-Length: 5");
    visitor.get("/next");
    service.readHead();
    service.send("HTTP/1.1 204 No Content\r\n\r\n");
    assertThat(visitor.readHead()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
    visitor.get("/last");
    service.readHead();
    service.respond("last");

    assertThat(visitor.readResponse()).endsWith("last");
  }

  @Test
  void codingThatIsNotUnderstoodIsNotPassedOn() throws Exception {
    ServiceConnection service = asked();

    service.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void responseOfTwoLengthsIsNotPassedOn() throws Exception {
    ServiceConnection service = asked();

    service.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na");

    assertThat(visitor.readResponse()).startsWith("HTTP/1.1 502 ");
    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void cutResponseIsAResetWhateverItsFraming() throws Exception {
    for (String framing :
        new String[] {"Content-Length: 9", "Transfer-Encoding: chunked", "Connection: close"}) {
      try (TestVisitor old = ground.visit()) {
        old.send("GET / HTTP/1.0\r\nHost: app.localhost\r\n\r\n");
        ServiceConnection service = ground.serve();
        service.readHead();
        service.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n3\r\nabc\r\n");
        old.readTo("abc");
        service.cut();

        assertThatThrownBy(old::readToEnd).as(framing).isInstanceOf(SocketException.class);
      }
    }
  }

  @Test
  void responseThatEndsBeforeItsLengthIsAReset() throws Exception {
    ServiceConnection service = asked();
    service.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    visitor.readTo("abc");

    service.finish();

    assertThatThrownBy(visitor::readToEnd).isInstanceOf(SocketException.class);
  }

  @Test
  void trailersReachTheVisitor() throws Exception {
    ServiceConnection service = asked();

    service.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n");

    visitor.readHead();
    assertThat(visitor.readHead()).isEqualTo("0\r\nX-Sum: 1\r\n\r\n");
  }

  @Test
  void earlyAnswerLeavesTheConnectionForTheNextRequest() throws Exception {
    ServiceConnection first =
        asked("POST /a HTTP/1.1\nHost: app.localhost\nContent-Length: 6\n\nabc");
    first.respond("no");
    assertThat(visitor.readResponse()).endsWith("no");
    assertThat(first.awaitFinish()).isFalse();

    visitor.send("def");
    visitor.get("/b");

    ServiceConnection second = ground.serve();
    assertThat(second.readHead()).startsWith("GET /b ");
    second.respond("yes");
    assertThat(visitor.readResponse()).endsWith("yes");
  }

  @Test
  void bodyThatGoesOnTooLongBehindAnEarlyAnswerEndsTheConnection() throws Exception {
    ServiceConnection service =
        asked("POST /a HTTP/1.1\nHost: app.localhost\nContent-Length: 99999999\n\n");
    service.respond("no");
    assertThat(visitor.readResponse()).endsWith("no");

    visitor.send("a".repeat(1_100_000));

    assertThat(visitor.readToEnd()).isEmpty();
  }

  @Test
  void visitorThatLeavesFreesTheStreamOfASilentService() throws Exception {
    ServiceConnection service = asked();

    visitor.cut();

    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void visitorThatLeavesWithinItsRequestFreesTheStream() throws Exception {
    ServiceConnection service =
        asked("POST /a HTTP/1.1\nHost: app.localhost\nContent-Length: 6\n\nabc");

    visitor.close();

    assertThat(service.awaitFinish()).isFalse();
  }
}
