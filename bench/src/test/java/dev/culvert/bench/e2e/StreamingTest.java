package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.OpenRequest.Body;
import dev.culvert.bench.e2e.OpenRequest.Head;
import dev.culvert.bench.e2e.OpenRequest.Protocol;
import io.netty.handler.codec.http2.Http2Error;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Nothing of a message waits for the rest of it: a test is the visitor and the service, and neither
 * sends the next part before the other has the last one.
 */
@Timeout(60)
@ExtendWith(LeakCheck.class)
@TestInstance(Lifecycle.PER_CLASS)
final class StreamingTest {
  /** So that each request has a connection of its own. */
  private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\n";

  private Tunnel tunnel;
  private OpenAnswer.Service service;
  private Client client;

  @BeforeAll
  void start(@TempDir Path state) throws Exception {
    tunnel = Tunnel.start(state);
    service = new OpenAnswer.Service();
    client = tunnel.connect(Tunnel.http(service.port()));
  }

  @AfterAll
  void stop() throws Exception {
    tunnel.close();
    service.close();
  }

  private OpenRequest ask(Protocol protocol, String method, Body body, String... headers)
      throws Exception {
    URI url = (protocol == Protocol.HTTP_1 ? client.http() : client.https()).resolve("/");
    return OpenRequest.send(protocol, url, method, body, headers);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP_1, text/event-stream", "HTTP_2, text/event-stream",
    "HTTP_1, application/json", "HTTP_2, application/json",
    "HTTP_1, text/html", "HTTP_2, text/html",
    "HTTP_1, application/octet-stream", "HTTP_2, application/octet-stream",
    "HTTP_1,", "HTTP_2,"
  })
  void partsOfAnAnswerArriveAsTheyAreSent(Protocol protocol, String contentType) throws Exception {
    String type = contentType == null ? "" : "Content-Type: " + contentType + "\r\n";
    try (OpenRequest visitor = ask(protocol, "GET", Body.NONE)) {
      OpenAnswer answer = service.next();
      answer.readLines();

      answer.send(OK + type + "Transfer-Encoding: chunked\r\n\r\n");
      Head head = visitor.head();

      assertThat(head.status()).isEqualTo(200);
      assertThat(head.headers().get("content-type")).isEqualTo(contentType);
      for (int i = 0; i < 5; i++) {
        answer.sendChunk("part " + i);
        assertThat(visitor.read(6)).isEqualTo("part " + i);
      }
      answer.send("0\r\n\r\n");
      assertThat(visitor.awaitEnd()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void partsOfAnAnswerOfKnownLengthArriveAsTheyAreSent(Protocol protocol) throws Exception {
    try (OpenRequest visitor = ask(protocol, "GET", Body.NONE)) {
      OpenAnswer answer = service.next();
      answer.readLines();

      answer.send(OK + "Content-Length: 15\r\n\r\n");
      visitor.head();

      for (String part : new String[] {"first", "other", "third"}) {
        answer.send(part);
        assertThat(visitor.read(5)).isEqualTo(part);
      }
      visitor.awaitEnd();
    }
  }

  @ParameterizedTest
  @EnumSource
  void partsOfARequestArriveAsTheyAreSent(Protocol protocol) throws Exception {
    try (OpenRequest visitor = ask(protocol, "POST", Body.FOLLOWS)) {
      OpenAnswer answer = service.next();
      assertThat(answer.readLines()).contains("POST / HTTP/1.1");
      for (int i = 0; i < 5; i++) {
        visitor.send("part " + i);
        assertThat(answer.readChunks(6)).isEqualTo("part " + i);
      }
      visitor.end();
      assertThat(answer.readLine()).isEqualTo("0");
      answer.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
      assertThat(visitor.head().status()).isEqualTo(204);
    }
  }

  @ParameterizedTest
  @EnumSource
  void trailersArriveBothWays(Protocol protocol) throws Exception {
    try (OpenRequest visitor = ask(protocol, "POST", Body.FOLLOWS, "te: trailers")) {
      OpenAnswer answer = service.next();
      answer.readLines();
      visitor.send("body");
      visitor.end("x-sum: of the request");
      assertThat(answer.readChunks(4)).isEqualTo("body");
      assertThat(answer.readLine()).isEqualTo("0");
      assertThat(answer.readLines()).isEqualToIgnoringCase("x-sum: of the request\n");

      answer.send(OK + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
      answer.sendChunk("body");
      answer.send("0\r\nX-Sum: of the answer\r\n\r\n");

      assertThat(visitor.head().headers()).containsEntry("trailer", "X-Sum");
      assertThat(visitor.read(4)).isEqualTo("body");
      assertThat(visitor.awaitEnd()).containsEntry("x-sum", "of the answer");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServiceIsWhoSaysContinue(Protocol protocol) throws Exception {
    try (OpenRequest visitor = ask(protocol, "POST", Body.FOLLOWS, "expect: 100-continue")) {
      OpenAnswer answer = service.next();
      assertThat(answer.readLines()).containsIgnoringCase("expect: 100-continue");

      answer.send("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(visitor.head().status()).isEqualTo(100);
      visitor.send("body");
      assertThat(answer.readChunks(4)).isEqualTo("body");
      visitor.end();
      answer.send(OK + "Content-Length: 2\r\n\r\nok");

      assertThat(visitor.head().status()).isEqualTo(200);
      assertThat(visitor.read(2)).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServiceMayRefuseInsteadOfSayingContinue(Protocol protocol) throws Exception {
    try (OpenRequest visitor = ask(protocol, "POST", Body.FOLLOWS, "expect: 100-continue")) {
      OpenAnswer answer = service.next();
      answer.readLines();

      answer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");

      assertThat(visitor.head().status()).isEqualTo(403);
      assertThat(visitor.read(2)).isEqualTo("no");
      answer.awaitEnd();
    }
  }

  @ParameterizedTest
  @EnumSource
  void earlyHintsArriveBeforeTheAnswer(Protocol protocol) throws Exception {
    try (OpenRequest visitor = ask(protocol, "GET", Body.NONE)) {
      OpenAnswer answer = service.next();
      answer.readLines();

      for (String link : new String[] {"</a.css>; rel=preload", "</b.js>; rel=preload"}) {
        answer.send("HTTP/1.1 103 Early Hints\r\nLink: " + link + "\r\n\r\n");
        Head hints = visitor.head();
        assertThat(hints.status()).isEqualTo(103);
        assertThat(hints.headers()).containsEntry("link", link);
      }
      answer.send(OK + "Content-Length: 2\r\n\r\nok");

      assertThat(visitor.head().status()).isEqualTo(200);
      assertThat(visitor.read(2)).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerMayRunBesideItsRequest(Protocol protocol) throws Exception {
    try (OpenRequest visitor = ask(protocol, "POST", Body.FOLLOWS)) {
      OpenAnswer answer = service.next();
      answer.readLines();
      answer.send(OK + "Transfer-Encoding: chunked\r\n\r\n");
      assertThat(visitor.head().status()).isEqualTo(200);

      for (int i = 0; i < 5; i++) {
        visitor.send("ask " + i);
        assertThat(answer.readChunks(5)).isEqualTo("ask " + i);
        answer.sendChunk("say " + i);
        assertThat(visitor.read(5)).isEqualTo("say " + i);
      }
      visitor.end();
      assertThat(answer.readLine()).isEqualTo("0");
      answer.send("0\r\n\r\n");

      assertThat(visitor.awaitEnd()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatEndsFirstArrivesWholeHoweverLongItIs(Protocol protocol) throws Exception {
    String body = "0123456789abcdef".repeat(1 << 16); // many windows of a visitor's stream
    try (OpenRequest visitor = ask(protocol, "POST", Body.FOLLOWS)) {
      OpenAnswer answer = service.next();
      answer.readLines();
      visitor.send("a part of it");

      answer.send(OK + "Content-Length: " + body.length() + "\r\n\r\n" + body);

      assertThat(visitor.head().status()).isEqualTo(200);
      assertThat(visitor.read(body.length())).isEqualTo(body);
      visitor.awaitEnd();
      answer.awaitEnd();
    }
  }

  @Test
  void restOfAnAnsweredRequestIsNotWanted() throws Exception {
    try (Http2Request visitor =
        Http2Request.send(client.https().resolve("/"), "POST", Body.FOLLOWS)) {
      OpenAnswer answer = service.next();
      answer.readLines();

      answer.send(OK + "Content-Length: 2\r\n\r\nok");

      visitor.head();
      visitor.read(2);
      assertThat(visitor.awaitReset()).isEqualTo(Http2Error.NO_ERROR.code());
    }
  }

  /** How a visitor goes away. */
  enum Departure {
    IN_ORDER,
    KILLED
  }

  private static void depart(OpenRequest visitor, Departure departure) throws Exception {
    switch (departure) {
      case IN_ORDER -> visitor.leave();
      case KILLED -> visitor.cut();
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1, IN_ORDER", "HTTP_1, KILLED", "HTTP_2, IN_ORDER", "HTTP_2, KILLED"})
  void theServiceSeesThatTheVisitorDoesNotWaitAnyMore(Protocol protocol, Departure departure)
      throws Exception {
    try (OpenRequest visitor = ask(protocol, "GET", Body.NONE)) {
      OpenAnswer answer = service.next();
      answer.readLines();

      depart(visitor, departure);

      answer.awaitEnd();
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1, IN_ORDER", "HTTP_1, KILLED", "HTTP_2, IN_ORDER", "HTTP_2, KILLED"})
  void theServiceSeesThatTheVisitorLeftWithinItsRequest(Protocol protocol, Departure departure)
      throws Exception {
    try (OpenRequest visitor = ask(protocol, "POST", Body.FOLLOWS)) {
      OpenAnswer answer = service.next();
      answer.readLines();
      visitor.send("a part of it");
      answer.readChunks(12);

      depart(visitor, departure);

      answer.awaitEnd();
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1, IN_ORDER", "HTTP_1, KILLED", "HTTP_2, IN_ORDER", "HTTP_2, KILLED"})
  void theServiceSeesThatTheVisitorLeftWithinTheAnswer(Protocol protocol, Departure departure)
      throws Exception {
    try (OpenRequest visitor = ask(protocol, "GET", Body.NONE)) {
      OpenAnswer answer = service.next();
      answer.readLines();
      answer.send(OK + "Transfer-Encoding: chunked\r\n\r\n");
      answer.sendChunk("data: 1");
      visitor.head();
      visitor.read(7);

      depart(visitor, departure);

      answer.awaitEnd();
    }
  }
}
