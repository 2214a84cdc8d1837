package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.bench.e2e.RawVisitor.Head;
import dev.culvert.client.local.RequestRecord;
import dev.culvert.client.local.RequestRecord.Outcome;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(LeakCheck.class)
final class HttpTunnelTest {
  @TempDir private Path state;
  private Tunnel tunnel;
  private SampleApp app;
  private Client client;
  private HttpClient visitor;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    app = SampleApp.start(Tunnel.ANY_PORT);
    client = tunnel.connect(Tunnel.http(app.address().getPort()));
    visitor = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterEach
  void stop() {
    visitor.shutdownNow();
    tunnel.close();
    app.close();
  }

  private HttpResponse<String> get(URI url) throws Exception {
    return visitor.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
  }

  @Test
  void pageArrivesAndTheRequestIsLogged() throws Exception {
    HttpResponse<String> response = get(client.http().resolve("/echo?text=hello"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("hello");
    RequestRecord request = client.awaitRequest();
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.target()).isEqualTo("/echo?text=hello");
    assertThat(request.status()).isEqualTo(200);
    assertThat(request.responseBytes()).isEqualTo(5);
    assertThat(request.outcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void theServiceSeesWhoTheVisitorIs() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(client.http().resolve("/headers"))
            .header("X-Forwarded-For", "6.6.6.6")
            .header("Forwarded", "for=6.6.6.6")
            .build();

    String seen = visitor.send(request, BodyHandlers.ofString()).body();

    assertThat(seen)
        .contains("\"x-forwarded-for\", \"value\": \"127.0.0.1\"")
        .contains("\"x-forwarded-proto\", \"value\": \"http\"")
        .contains("\"x-forwarded-host\", \"value\": \"" + client.http().getAuthority() + "\"")
        .doesNotContain("6.6.6.6");
  }

  @Test
  void keepAliveCarriesRequestsOneAfterTheOther() throws Exception {
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      for (int i = 0; i < 20; i++) {
        raw.request("GET", "/echo?text=" + i);
        assertThat(raw.readBodyOfNextResponse()).isEqualTo(Integer.toString(i));
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        all.append("GET /echo?text=")
            .append(i)
            .append(" HTTP/1.1\r\nHost: ")
            .append(client.http().getAuthority())
            .append("\r\n\r\n");
      }
      raw.send(all.toString());

      for (int i = 0; i < 50; i++) {
        assertThat(raw.readBodyOfNextResponse()).isEqualTo(Integer.toString(i));
      }
    }
  }

  @Test
  void aVisitorThatAsksForItIsLetGoAfterTheResponse() throws Exception {
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/echo?text=bye", "Connection: close");

      Head head = raw.readHead();
      assertThat(head.header("connection")).isEqualTo("close");
      assertThat(raw.readBody(head)).isEqualTo("bye");
      assertThat(raw.in().read()).isEqualTo(-1);
    }
  }

  @Test
  void aServiceThatClosesAfterEachResponseServesAKeepAliveVisitor() throws Exception {
    try (LocalService closing =
            LocalService.start(socket -> {
              new BufferedReader(
                      new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                  .lines()
                  .takeWhile(line -> !line.isEmpty())
                  .forEach(line -> {});
              socket
                  .getOutputStream()
                  .write(
                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                          .getBytes(StandardCharsets.ISO_8859_1));
            });
        RawVisitor raw = RawVisitor.to(tunnel.connect(Tunnel.http(closing.port())).http())) {
      for (int i = 0; i < 10; i++) {
        raw.request("GET", "/");
        assertThat(raw.readBodyOfNextResponse()).isEqualTo("ok");
      }
    }
  }

  @Test
  void oneConnectionMayVisitTwoTunnelsInTurn() throws Exception {
    Client other = tunnel.connect(Tunnel.http(app.address().getPort()));
    Client third = tunnel.connect(Tunnel.http(app.address().getPort()));
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      for (int i = 0; i < 30; i++) {
        Client to = List.of(client, other, third).get(i % 3);
        raw.requestTo(to.http().getAuthority(), "GET", "/echo?text=" + i);

        assertThat(raw.readBodyOfNextResponse()).isEqualTo(Integer.toString(i));
        assertThat(to.awaitRequest().target()).isEqualTo("/echo?text=" + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void uploadsArriveWhole(boolean https) throws Exception {
    byte[] body = new byte[5_000_000];
    new Random(1).nextBytes(body);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    try (RawVisitor raw = RawVisitor.to(https ? client.https() : client.http())) {
      raw.request("POST", "/upload", "Content-Length: " + body.length);
      raw.socket().getOutputStream().write(body);

      assertThat(raw.readBodyOfNextResponse()).contains(digest);
    }
  }

  @Test
  void uploadsOfUnknownLengthArriveWhole() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(client.http().resolve("/upload"))
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[3_000_000])))
            .build();

    HttpResponse<String> response = visitor.send(request, BodyHandlers.ofString());

    assertThat(response.body()).contains("3000000");
  }

  @Test
  void downloadsOfUnknownLengthArriveWholeWithTheirTrailers() throws Exception {
    HttpResponse<byte[]> response =
        visitor.send(
            HttpRequest.newBuilder(client.http().resolve("/download?bytes=3000000&chunked=true"))
                .build(),
            BodyHandlers.ofByteArray());

    assertThat(response.body()).hasSize(3_000_000);
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/download?bytes=10&chunked=true", "Connection: close");
      String all = new String(raw.in().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(all.toLowerCase(Locale.ROOT)).contains("x-checksum-sha256: ");
    }
  }

  @Test
  void aResponseThatEndsWithTheConnectionArrivesWhole() throws Exception {
    HttpResponse<byte[]> response =
        visitor.send(
            HttpRequest.newBuilder(client.http().resolve("/download?bytes=1000000&close=true"))
                .build(),
            BodyHandlers.ofByteArray());

    assertThat(response.body()).hasSize(1_000_000);
  }

  @Test
  void headHasTheLengthAndNoBody() throws Exception {
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("HEAD", "/download?bytes=1000");
      assertThat(raw.readHead().header("content-length")).isEqualTo("1000");

      raw.request("GET", "/echo?text=next");
      assertThat(raw.readBodyOfNextResponse()).isEqualTo("next");
    }
  }

  @Test
  void statusWithoutBodyKeepsTheConnection() throws Exception {
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/status/204");
      assertThat(raw.readHead().status()).isEqualTo(204);

      raw.request("GET", "/echo?text=next");
      assertThat(raw.readBodyOfNextResponse()).isEqualTo("next");
    }
  }

  @Test
  void theServicesGoAheadReachesAVisitorThatWaitsForIt() throws Exception {
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("POST", "/upload", "Content-Length: 4", "Expect: 100-continue");
      assertThat(raw.readHead().status()).isEqualTo(100);

      raw.send("body");
      Head head = raw.readHead();
      assertThat(head.status()).isEqualTo(200);
      assertThat(raw.readBody(head)).contains("\"bytes\"");
    }
  }

  @Test
  void anOldVisitorGetsAResponseItUnderstands() throws Exception {
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.send(
          "GET /download?bytes=100000&chunked=true HTTP/1.0\r\nHost: "
              + client.http().getAuthority()
              + "\r\n\r\n");

      Head head = raw.readHead();
      assertThat(head.header("transfer-encoding")).isEmpty();
      assertThat(raw.in().readAllBytes()).hasSize(100_000);
    }
  }

  @Test
  void aThousandRequestsAreInFlightAtOnce() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      URI url = client.http().resolve("/echo?gate=thousand&parties=1000&text=" + i);
      responses.add(
          visitor.sendAsync(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()));
    }

    for (int i = 0; i < 1000; i++) {
      assertThat(responses.get(i).get(30, TimeUnit.SECONDS).body()).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void firstEventArrivesBeforeTheSecondIsSent() throws Exception {
    try (RawVisitor raw = RawVisitor.to(client.http())) {
      raw.request("GET", "/events?count=2&intervalMillis=10000");

      assertThat(raw.readHead().header("content-type")).startsWith("text/event-stream");
      String line;
      do {
        line = raw.readLine();
      } while (!line.startsWith("data:"));
      assertThat(line).isNotEmpty();
    }
  }

  @Test
  void unknownNamesGetAPageThatSaysSo() throws Exception {
    URI url = URI.create("http://nobody.localhost:" + client.http().getPort() + "/");
    HttpRequest request = HttpRequest.newBuilder(url).header("Accept", "text/html").build();

    HttpResponse<String> page = visitor.send(request, BodyHandlers.ofString());

    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.headers().firstValue("culvert-error")).contains("no-such-tunnel");
    assertThat(page.body()).contains("nobody.localhost").contains("<title>");
  }

  @Test
  void aServiceThatIsDownIsNamedAndServedAgainOnceItIsBack() throws Exception {
    LocalService service = LocalService.start(socket -> {});
    int port = service.port();
    service.close();
    Client down = tunnel.connect(Tunnel.http(port));

    HttpResponse<String> page = get(down.http().resolve("/"));
    assertThat(page.statusCode()).isEqualTo(502);
    assertThat(page.body()).contains("127.0.0.1:" + port).contains("refused");
    RequestRecord failed = down.awaitRequest();
    assertThat(failed.outcome()).isEqualTo(Outcome.UNREACHABLE);
    assertThat(failed.method() + " " + failed.target()).isEqualTo("GET /");

    app.close();
    app = SampleApp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    assertThat(get(down.http().resolve("/echo?text=back")).body()).isEqualTo("back");
  }

  @Test
  void aServiceThatWasRestartedLeavesNoVisitorWithAStaleConnection() throws Exception {
    int port = app.address().getPort();
    assertThat(get(client.http().resolve("/echo?text=1")).body()).isEqualTo("1");
    app.close();
    app = SampleApp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));

    assertThat(get(client.http().resolve("/echo?text=2")).body()).isEqualTo("2");
  }
}
