package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.local.RequestRecord;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's client over HTTP/2, through the tunnel, to the sample app, which speaks HTTP/1.1. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class Http2TunnelTest {
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
    visitor =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(AnyServer.context())
            .build();
  }

  @AfterEach
  void stop() {
    visitor.shutdownNow();
    tunnel.close();
    app.close();
  }

  private HttpRequest.Builder to(String target) {
    return HttpRequest.newBuilder(client.https().resolve(target));
  }

  private HttpResponse<String> get(String target) throws Exception {
    return send(to(target).build());
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    HttpResponse<String> response = visitor.send(request, BodyHandlers.ofString());
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    return response;
  }

  @Test
  void pageArrivesAndTheRequestIsLogged() throws Exception {
    HttpResponse<String> response = get("/echo?text=hello");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("hello");
    RequestRecord request = client.awaitRequest();
    assertThat(request.target()).isEqualTo("/echo?text=hello");
    assertThat(request.status()).isEqualTo(200);
  }

  @Test
  void theServiceSeesWhoTheVisitorIs() throws Exception {
    String seen = send(to("/headers").header("X-Forwarded-For", "6.6.6.6").build()).body();

    assertThat(seen)
        .contains("\"x-forwarded-for\", \"value\": \"127.0.0.1\"")
        .contains("\"x-forwarded-proto\", \"value\": \"https\"")
        .contains("\"host\", \"value\": \"" + client.https().getAuthority() + "\"")
        .doesNotContain("6.6.6.6");
  }

  @Test
  void uploadArrivesWhole() throws Exception {
    byte[] body = new byte[5_000_000];
    new Random(1).nextBytes(body);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));

    String seen = send(to("/upload").POST(BodyPublishers.ofByteArray(body)).build()).body();

    assertThat(seen).contains(digest);
  }

  @Test
  void uploadOfUnknownLengthArrivesWhole() throws Exception {
    String seen =
        send(to("/upload")
                .POST(
                    BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(new byte[3_000_000])))
                .build())
            .body();

    assertThat(seen).contains("3000000");
  }

  @Test
  void downloadsArriveWholeHoweverTheServiceTellsTheirEnd() throws Exception {
    for (String end : List.of("", "&chunked=true", "&close=true")) {
      HttpResponse<byte[]> response =
          visitor.send(to("/download?bytes=3000000" + end).build(), BodyHandlers.ofByteArray());

      assertThat(response.body()).as(end).hasSize(3_000_000);
    }
  }

  @Test
  void headHasTheLengthAndNoBody() throws Exception {
    HttpResponse<String> response = send(to("/download?bytes=1000").HEAD().build());

    assertThat(response.headers().firstValue("content-length")).contains("1000");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void statusWithoutBodyIsAnswered() throws Exception {
    assertThat(get("/status/204").statusCode()).isEqualTo(204);
  }

  @Test
  void aHundredRequestsAreInFlightOnOneConnection() throws Exception {
    get("/echo?text=first");
    List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      responses.add(
          visitor.sendAsync(
              to("/echo?gate=hundred&parties=100&text=" + i).build(), BodyHandlers.ofString()));
    }

    for (int i = 0; i < 100; i++) {
      assertThat(responses.get(i).get(30, TimeUnit.SECONDS).body()).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void firstEventArrivesBeforeTheSecondIsSent() throws Exception {
    HttpResponse<Stream<String>> response =
        visitor.send(to("/events?count=2&intervalMillis=10000").build(), BodyHandlers.ofLines());

    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    try (Stream<String> lines = response.body()) {
      assertThat(lines.filter(line -> line.startsWith("data:")).findFirst()).isPresent();
    }
  }

  @Test
  void unknownNameGetsAPageThatSaysSo() throws Exception {
    URI url = URI.create("https://nobody.localhost:" + client.https().getPort() + "/");

    HttpResponse<String> page = send(HttpRequest.newBuilder(url).build());

    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.headers().firstValue("culvert-error")).contains("no-such-tunnel");
  }

  @Test
  void slowReaderGetsAllOfALargeDownload() throws Exception {
    HttpResponse<InputStream> response =
        visitor.send(to("/download?bytes=20000000").build(), BodyHandlers.ofInputStream());
    assertThat(get("/echo?text=meanwhile").body()).isEqualTo("meanwhile");

    try (InputStream body = response.body()) {
      assertThat(body.readAllBytes()).hasSize(20_000_000);
    }
  }
}
