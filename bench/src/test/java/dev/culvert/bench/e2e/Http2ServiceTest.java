package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.client.local.RequestRecord;
import dev.culvert.tls.ServerTls;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Visitors of either version of HTTP at services that speak HTTP/2. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class Http2ServiceTest {
  @TempDir private Path state;
  private Tunnel tunnel;
  private HttpClient visitor;
  private @Nullable Http2Service service;

  @SuppressWarnings("NullAway.Init") // serve does
  private Client client;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    visitor = visitor(HttpClient.Version.HTTP_2);
  }

  @AfterEach
  void stop() {
    visitor.shutdownNow();
    tunnel.close();
    if (service != null) {
      service.close();
    }
  }

  private static HttpClient visitor(HttpClient.Version version) throws Exception {
    return HttpClient.newBuilder().version(version).sslContext(AnyServer.context()).build();
  }

  private Http2Service serve(Http2Service.Script script) throws Exception {
    Http2Service started = Http2Service.start(script);
    service = started;
    client = connect(LocalTarget.Scheme.H2C, started.port());
    return started;
  }

  private Client connect(LocalTarget.Scheme scheme, int port) throws Exception {
    return tunnel.connect(TunnelSpec.http(new LocalTarget(scheme, "127.0.0.1", port)));
  }

  private HttpResponse<String> get(String target) throws Exception {
    return visitor.send(
        HttpRequest.newBuilder(client.https().resolve(target)).build(), BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void requestsOfEitherVersionAreServedAndLogged(HttpClient.Version version) throws Exception {
    BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    serve(request -> {
      heads.add(request.head().toString());
      request
          .head("200", false, "x-one", "1", "culvert-error", "forged")
          .content("hello", false)
          .head("", true, "x-trailer", "2");
    });
    try (HttpClient other = visitor(version)) {
      HttpResponse<String> response =
          other.send(
              HttpRequest.newBuilder(client.https().resolve("/path?query")).build(),
              BodyHandlers.ofString());

      assertThat(response.version()).isEqualTo(version);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("hello");
      assertThat(response.headers().firstValue("x-one")).hasValue("1");
      assertThat(response.headers().firstValue("culvert-error")).isEmpty();
    }
    assertThat(heads.poll())
        .contains(":method: GET", ":scheme: http,", ":path: /path?query")
        .contains(":authority: " + client.https().getAuthority())
        .contains("x-forwarded-proto: https");
    RequestRecord record = client.awaitRequest();
    assertThat(record.method() + " " + record.target()).isEqualTo("GET /path?query");
    assertThat(record.status()).isEqualTo(200);
    assertThat(record.responseBytes()).isEqualTo(5);
    assertThat(record.outcome()).isEqualTo(RequestRecord.Outcome.COMPLETE);
  }

  @Test
  void requestsInARowShareAConnection() throws Exception {
    Http2Service row = serve(request -> request.head("204", true));

    for (int i = 0; i < 5; i++) {
      assertThat(get("/").statusCode()).isEqualTo(204);
    }

    assertThat(row.requests()).isEqualTo(5);
    assertThat(row.connections()).isEqualTo(1);
  }

  @Test
  void informationalResponsesPass() throws Exception {
    serve(request -> request.head("103", false, "link", "</a>").head("204", true));
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/");

      RawVisitor.Head early = raw.readHead();
      assertThat(early.status()).isEqualTo(103);
      assertThat(early.header("link")).isEqualTo("</a>");
      assertThat(raw.readHead().status()).isEqualTo(204);
    }
  }

  @Test
  void contentToAHeadIsDroppedAndSpoilsNoFurtherRequest() throws Exception {
    String content = "x".repeat(300_000); // more than a window
    serve(request -> request.head("200", false).content(content, true));
    HttpRequest head = HttpRequest.newBuilder(client.https()).HEAD().build();

    for (int i = 0; i < 3; i++) {
      assertThat(visitor.send(head, BodyHandlers.ofString()).body()).isEmpty();
      assertThat(get("/").body()).hasSize(content.length());
    }
  }

  @Test
  void endlessInformationIsCut() throws Exception {
    serve(request -> {
      for (int i = 0; i < 100; i++) {
        request.head("103", false, "link", "</a>");
      }
      request.head("204", true);
    });
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/");

      int informed = 0;
      RawVisitor.Head head = raw.readHead();
      for (; head.status() == 103; informed++) {
        head = raw.readHead();
      }
      assertThat(informed).isEqualTo(32);
      assertThat(head.status()).isEqualTo(502);
    }
  }

  @Test
  void trailersReachVisitorsOfHttp1() throws Exception {
    serve(request ->
        request.head("200", false).content("hello", false).head("", true, "x-trailer", "2"));
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/", "TE: trailers");

      assertThat(raw.readHead().header("transfer-encoding")).isEqualTo("chunked");
      assertThat(raw.readLine()).isEqualTo("5");
      assertThat(raw.readLine()).isEqualTo("hello");
      assertThat(raw.readLine()).isEqualTo("0");
      assertThat(raw.readLine()).isEqualTo("x-trailer: 2");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CANCEL, Stream cancelled",
    "ENHANCE_YOUR_CALM, capacity",
    "INADEQUATE_SECURITY, TLS parameters",
    "INTERNAL_ERROR, ",
    "COMPRESSION_ERROR, "
  })
  void whatARequestIsResetWithReachesVisitorsOfHttp2(Http2Error code, @Nullable String words)
      throws Exception {
    Http2Service resetting = serve(request -> request.reset(code));

    IOException failure = catchThrowableOfType(IOException.class, () -> get("/"));

    assertThat(failure).hasMessageContaining("RST_STREAM");
    assertThat(failure).hasMessageContaining(words == null ? "nternal" : words);
    RequestRecord record = client.awaitRequest();
    assertThat(record.outcome()).isEqualTo(RequestRecord.Outcome.CUT);
    assertThat(record.note()).contains(code.name());
    assertThat(resetting.awaitClose()).isTrue(); // nothing is left behind
  }

  @Test
  void resetRequestIsABadGatewayToVisitorsOfHttp1() throws Exception {
    serve(request -> request.reset(Http2Error.CANCEL));
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/");

      RawVisitor.Head head = raw.readHead();
      assertThat(head.status()).isEqualTo(502);
      assertThat(head.header("culvert-error")).isEqualTo("no-response");
    }
  }

  @Test
  void resetResponseIsNeverTakenForAWholeOne() throws Exception {
    Http2Service resetting =
        serve(request -> {
          request.head("200", false).content("hello", false);
          request.reset(Http2Error.INTERNAL_ERROR);
        });
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/");

      String read = new String(readToEnd(raw.in()), StandardCharsets.US_ASCII);
      assertThat(read).doesNotContain("0\r\n\r\n");
    }
    assertThat(resetting.awaitClose()).isTrue();
    assertThat(catchThrowableOfType(IOException.class, () -> get("/"))).isNotNull();
    assertThat(resetting.awaitClose()).isTrue();
  }

  private static byte[] readToEnd(InputStream in) {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      return new byte[0]; // reset
    }
  }

  @ParameterizedTest
  @CsvSource({"GET", "POST"})
  void requestThatWasNotLookedAtIsSentAgain(String method) throws Exception {
    Http2Service refusing =
        serve(request -> {
          if (request.number() == 1) {
            request.reset(Http2Error.REFUSED_STREAM);
          } else {
            request.head("204", true);
          }
        });
    HttpResponse<String> response =
        visitor.send(
            HttpRequest.newBuilder(client.https()).method(method, BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(refusing.requests()).isEqualTo(2);
  }

  @Test
  void connectionThatIsToGoTakesNoFurtherRequest() throws Exception {
    Http2Service leaving = serve(request -> request.goAway(0).head("204", true));

    assertThat(get("/").statusCode()).isEqualTo(204);
    assertThat(get("/").statusCode()).isEqualTo(204);

    assertThat(leaving.connections()).isEqualTo(2);
  }

  @Test
  void answerBeforeTheEndOfTheUploadPasses() throws Exception {
    serve(request -> {
      request.head("413", true);
      request.reset(Http2Error.NO_ERROR);
    });
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("POST", "/", "Content-Length: 1000000");

      assertThat(raw.readHead().status()).isEqualTo(413);
    }
  }

  @Test
  void visitorThatLeavesIsHeardByTheService() throws Exception {
    BlockingQueue<Http2Service.Request> waiting = new LinkedBlockingQueue<>();
    serve(waiting::add);
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/");
      Http2Service.Request request = waiting.poll(20, TimeUnit.SECONDS);
      assertThat(request).isNotNull();

      raw.cut();

      assertThat(request.awaitClosed()).isNotNull();
    }
  }

  @Test
  void slowVisitorHoldsTheServiceUpAndGetsAllInTheEnd() throws Exception {
    int parts = 2000;
    byte[] part = new byte[16_000];
    AtomicLong written = new AtomicLong();
    BlockingQueue<Boolean> isHeldUp = new LinkedBlockingQueue<>();
    serve(request -> {
      request.head("200", false);
      for (int i = 1; i <= parts; i++) {
        request.stream()
            .write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(part), i == parts))
            .addListener(done -> written.addAndGet(part.length));
      }
      request.stream().flush();
      request.stream().eventLoop().schedule(() -> isHeldUp.add(true), 500, TimeUnit.MILLISECONDS);
    });
    HttpResponse<InputStream> response =
        visitor.send(HttpRequest.newBuilder(client.https()).build(), BodyHandlers.ofInputStream());
    assertThat(isHeldUp.poll(20, TimeUnit.SECONDS)).isTrue();
    assertThat(written.get()).isLessThan((long) parts * part.length);

    try (InputStream body = response.body()) {
      assertThat(body.readAllBytes()).hasSize(parts * part.length);
    }
  }

  @Test
  void serviceOfHttp1IsToldFromOneOfHttp2() throws Exception {
    LocalService.Conversation http1 =
        socket -> {
          byte[] answer = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
          socket.getOutputStream().write(answer);
          socket.getInputStream().readAllBytes(); // a close with bytes unread would be a reset
        };
    try (LocalService plain = LocalService.start(http1)) {
      client = connect(LocalTarget.Scheme.H2C, plain.port());

      HttpResponse<String> response = get("/");

      assertThat(response.statusCode()).isEqualTo(502);
      assertThat(response.body()).contains("HTTP");
    }
  }

  @Test
  void upgradeIsRefusedWhereTheServiceSpeaksHttp2() throws Exception {
    serve(request -> request.head("200", true));
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request(
          "GET",
          "/",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
          "Sec-WebSocket-Version: 13");

      assertThat(raw.readHead().status()).isEqualTo(502);
    }
  }

  @Test
  void serviceInTlsIsSpokenToInHttp2() throws Exception {
    ServerTls tls = ServerTls.https(TlsListener.newCertificate(state, "EC"));
    BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    service =
        Http2Service.startTls(
            tls,
            request -> {
              heads.add(request.head().toString());
              request.head("204", true);
            });
    client = connect(LocalTarget.Scheme.H2, service.port());

    assertThat(get("/").statusCode()).isEqualTo(204);
    assertThat(heads.poll()).contains(":scheme: https,");
  }
}
