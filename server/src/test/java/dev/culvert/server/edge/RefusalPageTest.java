package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.server.rules.RuleRefusals;
import io.netty.handler.codec.http.FullHttpResponse;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer that the edge gives in a service's place, in every format. */
final class RefusalPageTest {
  private static final String HOST = "shop.example.com";
  private static final Path EDGE = Path.of("src/main/java/dev/culvert/server/edge");
  private static final Path RULES = EDGE.resolveSibling("rules");
  private static final Path PAGE = Path.of("../docs/errors.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| ([0-9 ,to]+) \\|");
  private static final Pattern WORD = Pattern.compile("\"([a-z]+(?:-[a-z]+)+)\"");

  /** Words in the sources of refusals that look like codes. */
  private static final Set<String> NO_CODES =
      Set.of("bad-", "culvert-error", "content-security-policy", "x-content-type-options");

  static Stream<HttpRefusal> refusals() {
    List<HttpRefusal> all = new ArrayList<>();
    all.add(HttpRefusal.badRequest("It is odd."));
    all.add(HttpRefusal.requestTimeout());
    all.add(HttpRefusal.noSuchTunnel(HOST));
    all.add(HttpRefusal.offline(HOST));
    all.add(HttpRefusal.misdirected(HOST));
    all.add(HttpRefusal.stopping());
    all.add(ExchangeFailure.unopened(HOST, new IOException("gone")));
    for (StreamStatus.Code code : StreamStatus.Code.values()) {
      if (code != StreamStatus.Code.CONNECTED) {
        all.add(
            ExchangeFailure.unanswered(
                HOST, new LocalServiceException(new StreamStatus(code, "no"), true)));
      }
    }
    all.add(ExchangeFailure.unanswered(HOST, new ProtocolException("odd")));
    all.add(ExchangeFailure.late(HOST, Duration.ofSeconds(60)));
    all.add(ExchangeFailure.badUpgrade(HOST));
    all.addAll(RequestRefusals.all());
    RuleRefusals.all().forEach(refusal -> all.add(HttpRefusal.of(refusal)));
    return all.stream();
  }

  private static FullHttpResponse page(HttpRefusal refusal, String accept) {
    return RefusalPage.of(refusal, accept);
  }

  private static String text(FullHttpResponse response) {
    String text = response.content().toString(StandardCharsets.UTF_8);
    response.release();
    return text;
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void eachIsOfItsStatusWithItsCodeInEveryFormat(HttpRefusal refusal) {
    for (String accept : List.of("text/html", "application/json", "text/plain", "*/*", "")) {
      FullHttpResponse response = page(refusal, accept);

      assertThat(response.status()).isEqualTo(refusal.status());
      assertThat(response.headers().getAll("culvert-error")).containsExactly(refusal.code());
      assertThat(response.headers().get("cache-control")).isEqualTo("no-store");
      assertThat(response.headers().get("x-content-type-options")).isEqualTo("nosniff");
      assertThat(response.headers().getInt("content-length"))
          .isEqualTo(response.content().readableBytes());
      refusal
          .headers()
          .forEach((name, value) -> assertThat(response.headers().get(name)).isEqualTo(value));
      text(response);
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void pageNeedsNothingElseAndIsLightAndDark(HttpRefusal refusal) {
    FullHttpResponse response = page(refusal, "text/html");

    assertThat(response.headers().get("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(response.headers().get("content-security-policy")).contains("default-src 'none'");
    assertThat(text(response))
        .startsWith("<!doctype html>")
        .contains("color-scheme: light dark", "<title>", "<h1>", refusal.code())
        .contains(Integer.toString(refusal.status().code()))
        .doesNotContain("src=", "href=", "url(", "<script", "%1$");
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void jsonAndTextAreOneLine(HttpRefusal refusal) {
    String json = text(page(refusal, "application/json"));
    JsonObject said = JsonParser.parseString(json).getAsJsonObject();

    assertThat(json).endsWith("}\n").containsOnlyOnce("\n");
    assertThat(said.get("error").getAsString()).isEqualTo(refusal.code());
    assertThat(said.get("status").getAsInt()).isEqualTo(refusal.status().code());
    assertThat(said.get("message").getAsString()).contains(refusal.title(), refusal.detail());
    assertThat(text(page(refusal, "text/plain")))
        .isEqualTo(refusal.title() + ": " + refusal.detail() + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"429", "503"})
  void whoIsToComeAgainIsToldWhen(String status) {
    assertThat(
            refusals().filter(refusal -> status.equals(refusal.status().codeAsText().toString())))
        .isNotEmpty()
        .allSatisfy(refusal -> assertThat(refusal.headers()).containsKey("retry-after"));
  }

  @Test
  void whatAVisitorOrServiceWroteIsTextAndNothingElse() {
    String evil = "<script>alert(1)</script>\"'&amp;<img src=x onerror='a'>";

    String page = text(page(HttpRefusal.noSuchTunnel(evil), "text/html"));
    String down =
        text(
            page(
                ExchangeFailure.unanswered(
                    evil,
                    new LocalServiceException(
                        new StreamStatus(StreamStatus.Code.REFUSED, evil), true)),
                "text/html"));

    for (String html : List.of(page, down)) {
      assertThat(html)
          .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;amp;&lt;img")
          .doesNotContain("<script", "<img");
    }
  }

  private static Map<String, Set<Integer>> told() {
    Map<String, Set<Integer>> told = new TreeMap<>();
    refusals()
        .forEach(refusal ->
            told.computeIfAbsent(refusal.code(), _ -> new TreeSet<>())
                .add(refusal.status().code()));
    return told;
  }

  @Test
  void documentationListsEachCodeWithItsStatusAndNoOther() throws Exception {
    Map<String, String> documented = new TreeMap<>();
    ROW.matcher(Files.readString(PAGE))
        .results()
        .forEach(row -> documented.put(row.group(1), row.group(2)));
    Map<String, Set<Integer>> told = told();

    assertThat(documented.keySet()).isEqualTo(told.keySet());
    told.forEach((code, statuses) -> {
      String status = String.valueOf(documented.get(code));
      if (!status.contains("to")) { // an operator's choice
        assertThat(status).as(code).isEqualTo(text(statuses));
      }
    });
  }

  private static String text(Set<Integer> statuses) {
    return String.join(", ", statuses.stream().map(status -> "" + status).toList());
  }

  @Test
  void noCodeIsLeftOutHere() throws Exception {
    Set<String> codes = told().keySet();
    List<String> sources =
        List.of(
            Files.readString(EDGE.resolve("HttpRefusal.java")),
            Files.readString(EDGE.resolve("ExchangeFailure.java")),
            Files.readString(RULES.resolve("RuleRefusal.java")));

    for (String source : sources) {
      assertThat(WORD.matcher(source).results().map(word -> word.group(1)))
          .isNotEmpty()
          .allSatisfy(word -> assertThat(codes.contains(word) || NO_CODES.contains(word)).isTrue());
    }
  }
}
