package dev.culvert.mux.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.mux.control.VisitorRules.Rate;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules on the wire, and what may be in them. */
final class VisitorRulesTest {
  private static final Secret HASH =
      new Secret("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g");

  private static VisitorRules everyRule() {
    RulesDraft draft = new RulesDraft();
    draft.basicAuth.add(new Credential("alice", HASH));
    draft.passAuthorization = true;
    draft.cidrAllow.addAll(List.of("192.0.2.0/24", "2001:db8::/32"));
    draft.cidrDeny.add("192.0.2.1");
    draft.tunnelRate = new Rate(100, 60);
    draft.visitorRate = new Rate(1_000_000, 3600);
    draft.maxRequests = Integer.MAX_VALUE;
    draft.maxBodyBytes = Long.MAX_VALUE;
    draft.requestHeaders =
        new HeaderEdits(
            List.of("X-Gone"),
            List.of(new HeaderEdits.Field("X-Set", "a \"quoted\" value")),
            List.of(new HeaderEdits.Field("X-Added", "")));
    draft.responseHeaders = new HeaderEdits(List.of("Server"), List.of(), List.of());
    draft.hostHeader = "localhost:3000";
    draft.httpsRedirect = true;
    draft.filters.add(VisitorFilter.parse("deny path /admin/** 404"));
    draft.filters.add(VisitorFilter.parse("allow query key \u00fc"));
    draft.compress = true;
    return draft.finished();
  }

  private static OpenTunnel open(@Nullable VisitorRules rules) {
    return new OpenTunnel(1, TunnelKind.HTTP, "k", null, 0, null, false, rules);
  }

  private static @Nullable ClientMessage read(String rules) throws MalformedMessageException {
    return ControlCodec.readClientMessage(
        Wires.framed(
            "{\"type\":\"open-tunnel\",\"tunnel\":1,\"kind\":\"http\",\"key\":\"k\",\"rules\":"
                + rules
                + "}"));
  }

  @Test
  void everyRuleComesBackAsItWas() throws Exception {
    OpenTunnel message = open(everyRule());

    assertThat(everyRule().kinds()).isEqualTo(EnumSet.allOf(RuleKind.class));
    assertThat(Wires.readByteByByte(ControlCodec.encode(message), ControlCodec::readClientMessage))
        .isEqualTo(message);
  }

  @Test
  void onlyWhatThereIsStandsOnTheWire() {
    RulesDraft draft = new RulesDraft();
    draft.maxRequests = 5;
    draft.filters.add(VisitorFilter.parse("deny path /x"));

    ByteBuf bytes = ControlCodec.encode(open(draft.finished()));

    assertThat(bytes.skipBytes(4).toString(StandardCharsets.UTF_8))
        .contains(
            "\"rules\":{\"maxRequests\":5,\"filters\":[{\"action\":\"deny\",\"part\":\"path\","
                + "\"pattern\":\"/x\",\"status\":403}]}");
  }

  @Test
  void clientThatKnowsNoRulesOpensATunnelWithoutAny() throws Exception {
    OpenTunnel message = new OpenTunnel(1, TunnelKind.HTTP, "k", null, 0);

    assertThat(message.rules()).isNull();
    assertThat(ControlCodec.encode(message).toString(StandardCharsets.UTF_8))
        .doesNotContain("rules");
    assertThat(read("null")).isEqualTo(message);
    assertThat(read("{}")).isEqualTo(open(VisitorRules.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"oauth\":{}}|oauth",
        "{\"maxRequests\":5,\"later\":false}|later",
        "{\"filters\":[{\"action\":\"allow\",\"part\":\"path\",\"pattern\":\"/\",\"not\":true}]}"
            + "|filters.not",
        "{\"tunnelRate\":{\"requests\":1,\"seconds\":1,\"burst\":9}}|tunnelRate.burst",
        "{\"unknown\":[\"x\"]}|unknown",
        "{\"requestHeaders\":{\"rename\":[]}}|requestHeaders.rename",
      })
  void ruleThatIsNotKnownDoesNotGoUnnoticed(String rules, String name) throws Exception {
    assertThat(read(rules))
        .isInstanceOfSatisfying(
            OpenTunnel.class,
            message ->
                assertThat(message.rules())
                    .satisfies(read -> assertThat(read.unknown()).containsExactly(name)));
  }

  @Test
  void namesOfUnknownRulesAreFewAndPlain() throws Exception {
    String many =
        IntStream.range(0, 1000)
            .mapToObj(i -> "\"\\u001b" + "x".repeat(30) + i + "\":1")
            .reduce((a, b) -> a + "," + b)
            .orElseThrow();

    assertThat(read("{" + many + "}"))
        .isInstanceOfSatisfying(
            OpenTunnel.class,
            message -> {
              assertThat(message.rules()).isNotNull();
              assertThat(message.rules().unknown()).hasSizeLessThanOrEqualTo(5);
              assertThat(message.rules().unknown()).noneMatch(name -> name.contains("\u001b"));
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "7",
        "{\"basicAuth\":{}}",
        "{\"basicAuth\":[null]}",
        "{\"basicAuth\":[{}]}",
        "{\"basicAuth\":[{\"user\":\"a\"}]}",
        "{\"basicAuth\":[{\"user\":\"a\",\"hash\":\"plain\"}]}",
        "{\"basicAuth\":[{\"user\":\"a:b\",\"hash\":\"$h\"}]}",
        "{\"basicAuth\":[{\"user\":\"\",\"hash\":\"$h\"}]}",
        "{\"basicAuth\":[{\"user\":\"a\",\"hash\":\"$h\"},{\"user\":\"a\",\"hash\":\"$i\"}]}",
        "{\"cidrAllow\":[\"everybody\"]}",
        "{\"cidrDeny\":[\"10.0.0.0/33\"]}",
        "{\"cidrDeny\":[null]}",
        "{\"cidrDeny\":\"10.0.0.0/8\"}",
        "{\"tunnelRate\":{\"requests\":0,\"seconds\":1}}",
        "{\"tunnelRate\":{\"requests\":1}}",
        "{\"tunnelRate\":{\"requests\":1,\"seconds\":3601}}",
        "{\"visitorRate\":{\"requests\":1000001,\"seconds\":1}}",
        "{\"maxRequests\":-1}",
        "{\"maxRequests\":4294967297}",
        "{\"maxRequests\":1.5}",
        "{\"maxBodyBytes\":-1}",
        "{\"maxBodyBytes\":1e30}",
        "{\"requestHeaders\":{\"remove\":[\"Host\"]}}",
        "{\"hostHeader\":\"a\\r\\nX: y\"}",
        "{\"hostHeader\":\"a b\"}",
        "{\"hostHeader\":\"\"}",
        "{\"httpsRedirect\":\"maybe\",\"httpsRedirect\":{}}",
        "{\"filters\":[{\"action\":\"deny\",\"part\":\"path\",\"pattern\":\"/\"}]}",
        "{\"filters\":[{\"action\":\"deny\",\"part\":\"cookie\",\"pattern\":\"/\",\"status\":403}]}",
        "{\"filters\":[{\"action\":\"log\",\"part\":\"path\",\"pattern\":\"/\",\"status\":403}]}",
        "{\"filters\":[{\"action\":\"deny\",\"part\":\"path\",\"name\":\"x\",\"pattern\":\"/\","
            + "\"status\":403}]}",
        "{\"filters\":[{\"action\":\"deny\",\"part\":\"query\",\"pattern\":\"/\",\"status\":403}]}",
      })
  void ruleThatCannotBeIsRefused(String rules) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> read(rules))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(250));
  }

  static Stream<Arguments> tooMany() {
    return Stream.of(
        Arguments.of(
            "users", 20, (Listed) (draft, i) -> draft.basicAuth.add(new Credential("u" + i, HASH))),
        Arguments.of(
            "addresses allowed", 100, (Listed) (draft, i) -> draft.cidrAllow.add("10.0.0." + i)),
        Arguments.of(
            "addresses denied", 100, (Listed) (draft, i) -> draft.cidrDeny.add("10.0.0." + i)),
        Arguments.of(
            "filters",
            20,
            (Listed) (draft, i) -> draft.filters.add(VisitorFilter.parse("deny path /" + i))));
  }

  /** Adds one more to a list of the draft. */
  interface Listed {
    void add(RulesDraft draft, int i);
  }

  @ParameterizedTest
  @MethodSource("tooMany")
  void listsHaveABound(String what, int max, Listed list) {
    RulesDraft draft = new RulesDraft();
    IntStream.range(0, max).forEach(i -> list.add(draft, i));
    assertThat(draft.finished().kinds()).hasSize(1);

    list.add(draft, max);

    assertThatIllegalArgumentException()
        .isThrownBy(draft::finished)
        .withMessage(what + ": " + (max + 1) + " (expected: at most " + max + ")");
  }

  @Test
  void headersHaveABoundInAll() {
    List<HeaderEdits.Field> much =
        Collections.nCopies(10, new HeaderEdits.Field("X-A", "v".repeat(497)));
    RulesDraft draft = new RulesDraft();
    draft.requestHeaders = new HeaderEdits(List.of(), much, List.of());
    assertThat(draft.finished().kinds()).containsExactly(RuleKind.HEADERS);

    draft.responseHeaders = new HeaderEdits(List.of(), List.of(), much);

    assertThatIllegalArgumentException()
        .isThrownBy(draft::finished)
        .withMessageStartingWith("headers: expected at most 8192 characters");
  }

  @Test
  void asMuchAsThereMayBeFitsAMessage() throws Exception {
    RulesDraft draft = new RulesDraft();
    Secret hash = new Secret("$" + "h".repeat(249));
    for (int i = 0; i < 20; i++) {
      draft.basicAuth.add(new Credential("\u20ac".repeat(62) + (10 + i), hash));
      draft.filters.add(
          VisitorFilter.parse("deny query " + "\u20ac".repeat(100) + " " + "\u20ac".repeat(63)));
    }
    for (int i = 0; i < 100; i++) {
      draft.cidrAllow.add("2001:0db8:1111:2222:3333:4444:5555:6666/128");
      draft.cidrDeny.add("2001:0db8:1111:2222:3333:4444:5555:6666/128");
    }
    HeaderEdits.Field quotes = new HeaderEdits.Field("X-A", "\"".repeat(400));
    draft.requestHeaders = new HeaderEdits(List.of(), Collections.nCopies(20, quotes), List.of());
    OpenTunnel message = open(draft.finished());

    assertThat(ControlCodec.readClientMessage(ControlCodec.encode(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection",
        "Content-Length",
        "culvert-error",
        "Culvert-Anything",
        "Expect",
        "Forwarded",
        "HOST",
        "HTTP2-Settings",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "X-Forwarded-For",
        "x-forwarded-anything",
        "X-Real-IP",
        "X-Request-Id",
        "",
        ":path",
        "X Name",
        "X-Name:",
        "X-Name\r\nHost",
        "X-\u00e9",
        "X\u0000",
      })
  void headersThatAreNotForRulesAreRefusedWhateverIsDoneToThem(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HeaderEdits(List.of(name), List.of(), List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> new HeaderEdits.Field(name, "v"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nb", "a\nb", "a\rb", "a\u0000b", "a\u007fb", "caf\u00e9", " a", "a ", "\t"})
  void valuesThatAreNotPlainTextOnOneLineAreRefused(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HeaderEdits.Field("X-Name", value))
        .withMessageStartingWith("header X-Name: expected a value");
  }

  static Stream<Arguments> fields() {
    return Stream.of(
        Arguments.of("X-Name: value", new HeaderEdits.Field("X-Name", "value")),
        Arguments.of("X-Name:a:b c", new HeaderEdits.Field("X-Name", "a:b c")),
        Arguments.of("X-Name:", new HeaderEdits.Field("X-Name", "")));
  }

  @ParameterizedTest
  @MethodSource("fields")
  void headerIsReadFromText(String text, HeaderEdits.Field field) {
    assertThat(HeaderEdits.Field.parse(text)).isEqualTo(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", ": value", "X-Name", "X-Name : value"})
  void textWithoutAHeaderIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> HeaderEdits.Field.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"1/s, 1, 1", "600/m, 600, 60", "1000000/h, 1000000, 3600"})
  void rateIsReadFromText(String text, int requests, int seconds) {
    assertThat(Rate.parse(text)).isEqualTo(new Rate(requests, seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "/s", "0/s", "1/d", "-1/s", "1.5/s", "1/s ", "1000001/s", "01/s"})
  void textWithoutARateIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Rate.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "999999999, 999999999",
    "2KB, 2000",
    "2kb, 2000",
    "2KiB, 2048",
    "3MB, 3000000",
    "3MiB, 3145728",
    "4GB, 4000000000",
    "4gib, 4294967296",
    "999999999GiB, 1073741822926258176",
  })
  void sizeIsReadFromText(String text, long bytes) {
    assertThat(VisitorRules.parseBytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1.5MB", "MB", "1 MB", "1TB", "1000000000", "1B", "1K"})
  void textWithoutASizeIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> VisitorRules.parseBytes(text));
  }

  @Test
  void hashesAreNotPrinted() {
    assertThat(everyRule().toString()).doesNotContain("argon2id");
  }

  @Test
  void kindsAreWrittenAsOptionsAre() {
    for (RuleKind kind : RuleKind.values()) {
      assertThat(RuleKind.of(kind.text())).isEqualTo(kind);
    }
    assertThat(RuleKind.HTTPS_REDIRECT.text()).isEqualTo("https-redirect");
    assertThatIllegalArgumentException().isThrownBy(() -> RuleKind.of("HEADERS"));
  }

  @Test
  void eachRuleIsOfItsKind() {
    assertKind(RuleKind.BASIC_AUTH, draft -> draft.basicAuth.add(new Credential("a", HASH)));
    assertKind(RuleKind.CIDR, draft -> draft.cidrAllow.add("::1"));
    assertKind(RuleKind.CIDR, draft -> draft.cidrDeny.add("::1"));
    assertKind(RuleKind.RATE_LIMIT, draft -> draft.tunnelRate = new Rate(1, 1));
    assertKind(RuleKind.RATE_LIMIT, draft -> draft.visitorRate = new Rate(1, 1));
    assertKind(RuleKind.MAX_REQUESTS, draft -> draft.maxRequests = 1);
    assertKind(RuleKind.MAX_BODY, draft -> draft.maxBodyBytes = 1);
    HeaderEdits edits = new HeaderEdits(List.of("X"), List.of(), List.of());
    assertKind(RuleKind.HEADERS, draft -> draft.requestHeaders = edits);
    assertKind(RuleKind.HEADERS, draft -> draft.responseHeaders = edits);
    assertKind(RuleKind.HOST_HEADER, draft -> draft.hostHeader = "a");
    assertKind(RuleKind.HTTPS_REDIRECT, draft -> draft.httpsRedirect = true);
    assertKind(RuleKind.FILTER, draft -> draft.filters.add(VisitorFilter.parse("deny path /")));
    assertKind(RuleKind.COMPRESS, draft -> draft.compress = true);
    assertThat(VisitorRules.NONE.kinds()).isEmpty();
  }

  private static void assertKind(RuleKind kind, Consumer<RulesDraft> change) {
    RulesDraft draft = new RulesDraft();
    change.accept(draft);
    assertThat(draft.finished().kinds()).containsExactly(kind);
  }
}
