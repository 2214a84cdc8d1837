package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // JUnit sets both before the first test.
class SampleAppTest {
  private static SampleApp app;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    app = SampleApp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.shutdownNow();
    app.close();
  }

  @Test
  void pageShowsTheForwardedHeadersEscaped() throws Exception {
    HttpRequest request =
        to("/")
            .header("X-Forwarded-For", "203.0.113.7")
            .header("X-Forwarded-Proto", "https")
            .header("X-Forwarded-Host", "<b>&{{title}}")
            .build();

    HttpResponse<String> page = http.send(request, BodyHandlers.ofString());

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(page.body())
        .contains("<title>The sample app behind the tunnel</title>")
        .contains("<dt>X-Forwarded-For</dt><dd>203.0.113.7</dd>")
        .contains("<dt>X-Forwarded-Proto</dt><dd>https</dd>")
        .contains("<dt>X-Forwarded-Host</dt><dd>&lt;b&gt;&amp;&#123;&#123;title}}</dd>")
        .contains("<dt>Host</dt><dd>127.0.0.1:" + app.address().getPort() + "</dd>")
        .doesNotContain("{{");
  }

  @Test
  void pageAsksNoOtherHost() throws Exception {
    String page = get("/").body();

    assertThat(page).doesNotContain("https://").doesNotContain("src=").doesNotContain("@import");
    assertThat(page.replace("xmlns='http://www.w3.org/2000/svg'", "")).doesNotContain("http://");
  }

  @Test
  void pageSaysWhichForwardedHeadersWereNotSent() throws Exception {
    assertThat(get("/").body()).contains("<dt>X-Forwarded-For</dt><dd><i>not sent</i></dd>");
  }

  @Test
  void headersAreTheRequestAsItCame() throws Exception {
    HttpRequest request =
        to("/headers?a=1")
            .header("X-Twice", "one")
            .header("X-Twice", "tw\"o\\")
            .method("DELETE", BodyPublishers.noBody())
            .build();

    HttpResponse<String> seen = http.send(request, BodyHandlers.ofString());

    assertThat(seen.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(seen.body())
        .contains("\"method\": \"DELETE\"")
        .contains("\"target\": \"/headers?a=1\"")
        .contains("\"version\": \"HTTP/1.1\"")
        .contains("\"remoteAddress\": \"/127.0.0.1:")
        .contains("{\"name\": \"X-Twice\", \"value\": \"one\"}")
        .contains("{\"name\": \"X-Twice\", \"value\": \"tw\\\"o\\\\\"}");
  }

  @Test
  void echoAnswersItsText() throws Exception {
    assertThat(get("/echo?text=flie%C3%9Ft+gut").body()).isEqualTo("fließt gut");
  }

  @Test
  void gateOpensOnlyWhenAllPartiesWait() throws Exception {
    String path = "/echo?gate=lock&parties=3&text=";
    CompletableFuture<HttpResponse<String>> first = getLater(path + "1");
    CompletableFuture<HttpResponse<String>> second = getLater(path + "2");
    get("/slow?millis=50");
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();

    String third = get(path + "3").body();

    assertThat(third).isEqualTo("3");
    assertThat(first.get().body()).isEqualTo("1");
    assertThat(second.get().body()).isEqualTo("2");
  }

  @Test
  void slowAnswersNoSoonerThanAsked() throws Exception {
    long startNanos = System.nanoTime();

    String answer = get("/slow?millis=120").body();

    assertThat(answer).isEqualTo("answered after 120 ms\n");
    assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(120_000_000L);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 204, 205, 299, 304, 404, 418, 500, 599})
  void statusIsTheOneAskedFor(int status) throws Exception {
    HttpResponse<String> answer = get("/status/" + status);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(get("/echo?text=after").body()).isEqualTo("after");
  }

  @Test
  void unknownPathIsNotFound() throws Exception {
    HttpResponse<String> answer = get("/nowhere");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("the sample app has no /nowhere\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/slow?millis=60001",
        "/slow?millis=-1",
        "/slow?millis=soon",
        "/events?count=61",
        "/events?count=0",
        "/events?intervalMillis=10001",
        "/download?bytes=1099511627777",
        "/echo?gate=g&parties=10001",
        "/status/199",
        "/status/600",
        "/status/x",
      })
  void parameterOutOfBoundsIsRefused(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("expected: a number from");
  }

  @Test
  void wrongMethodIsToldTheRightOnes() throws Exception {
    HttpResponse<String> upload = get("/upload");
    HttpRequest post = to("/download").POST(BodyPublishers.ofString("x")).build();
    HttpResponse<String> download = http.send(post, BodyHandlers.ofString());

    assertThat(upload.statusCode()).isEqualTo(405);
    assertThat(upload.headers().firstValue("allow")).hasValue("POST, PUT");
    assertThat(download.statusCode()).isEqualTo(405);
    assertThat(download.headers().firstValue("allow")).hasValue("GET, HEAD");
  }

  @Test
  void eventsComeNumberedAndEnd() throws Exception {
    HttpResponse<String> events = get("/events?count=3&intervalMillis=1");

    assertThat(events.headers().firstValue("content-type")).hasValue("text/event-stream");
    assertThat(events.body())
        .matches(
            """
            id: 1
            data: \\{"number":1,"of":3,"sentAtMillis":\\d+}

            id: 2
            data: \\{"number":2,"of":3,"sentAtMillis":\\d+}

            id: 3
            data: \\{"number":3,"of":3,"sentAtMillis":\\d+}

            """);
  }

  @Test
  void takenPortIsAnErrorThatSaysWhich() {
    InetSocketAddress taken = app.address();

    assertThatThrownBy(() -> SampleApp.start(taken))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot listen on " + taken)
        .hasMessageContaining("choose another port");
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return http.send(to(path).build(), BodyHandlers.ofString());
  }

  private static CompletableFuture<HttpResponse<String>> getLater(String path) {
    return http.sendAsync(to(path).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder to(String path) {
    URI uri = URI.create("http://127.0.0.1:" + app.address().getPort() + path);
    return HttpRequest.newBuilder(uri);
  }
}
