package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.mux.control.HeaderEdits;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.mux.control.VisitorRules.Rate;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RuleBookTest {
  private static final String VISITOR = "192.0.2.1";

  private final Clock clock = new Clock();
  private final PasswordChecksTest.Hashing hashing = new PasswordChecksTest.Hashing();
  private final Deque<Runnable> loop = new ArrayDeque<>();
  private int httpsPort = 443;
  private final RuleBook book = new RuleBook(() -> httpsPort, clock, hashing);
  private final HttpHeaders headers = new DefaultHttpHeaders();

  private Gate gate(Consumer<RulesDraft> rules) {
    return book.gate(rules(rules));
  }

  private static VisitorRules rules(Consumer<RulesDraft> change) {
    RulesDraft draft = new RulesDraft();
    change.accept(draft);
    return draft.finished();
  }

  private VisitorRequest request(String scheme, String target, String visitor) {
    try {
      return new VisitorRequest(
          "shop.example.com",
          scheme,
          target,
          headers,
          InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(visitor)),
          false);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private List<Verdict> check(Gate gate, VisitorRequest request) {
    List<Verdict> verdicts = new ArrayList<>();
    book.check(gate, request, loop::add, verdicts::add);
    return verdicts;
  }

  private Verdict verdict(Gate gate, VisitorRequest request) {
    List<Verdict> verdicts = check(gate, request);
    hashing.runAll();
    loop.forEach(Runnable::run);
    loop.clear();
    assertThat(verdicts).hasSize(1);
    return verdicts.getFirst();
  }

  private Admission admission(Gate gate) {
    Verdict verdict = verdict(gate, request("https", "/", VISITOR));
    assertThat(verdict).isInstanceOf(Verdict.Passed.class);
    return ((Verdict.Passed) verdict).admission();
  }

  private RuleRefusal refusal(Gate gate) {
    return refusal(gate, request("https", "/", VISITOR));
  }

  private RuleRefusal refusal(Gate gate, VisitorRequest request) {
    Verdict verdict = verdict(gate, request);
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    return ((Verdict.Refused) verdict).refusal();
  }

  private static void assertAnswer(RuleRefusal refusal, int status, String code) {
    assertThat(refusal.status().code()).isEqualTo(status);
    assertThat(refusal.code()).isEqualTo(code);
  }

  private void authorize(String credentials) {
    headers.set(
        "Authorization",
        "Basic "
            + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
  }

  private static void addAlice(RulesDraft draft) {
    draft.basicAuth.add(new Credential("alice", new Secret(PasswordChecksTest.HASH)));
  }

  // Addresses.

  @ParameterizedTest
  @CsvSource({
    "'', '', 203.0.113.9, true",
    "192.0.2.0/24, '', 192.0.2.1, true",
    "192.0.2.0/24, '', 203.0.113.9, false",
    "192.0.2.0/24 203.0.113.9, '', 203.0.113.9, true",
    "'', 192.0.2.0/24, 192.0.2.1, false",
    "'', 192.0.2.0/24, 203.0.113.9, true",
    "192.0.2.0/24, 192.0.2.1, 192.0.2.1, false",
    "192.0.2.1, 192.0.2.0/24, 192.0.2.1, false",
    "0.0.0.0/0, '', 2001:db8::1, false",
    "2001:db8::/32, '', 2001:db8::1, true",
  })
  void addressesAreLetInUnlessDenied(String allow, String deny, String visitor, boolean passes) {
    Gate gate =
        gate(draft -> {
          draft.cidrAllow.addAll(words(allow));
          draft.cidrDeny.addAll(words(deny));
        });
    VisitorRequest request = request("https", "/", visitor);

    if (passes) {
      assertThat(verdict(gate, request)).isInstanceOf(Verdict.Passed.class);
    } else {
      assertAnswer(refusal(gate, request), 403, "address-refused");
    }
    assertThat(gate.lets(request.visitor())).isEqualTo(passes);
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }

  // Rates and numbers.

  @Test
  void visitorsRateIsOfEachVisitorAndSaysWhenToComeAgain() {
    Gate gate = gate(draft -> draft.visitorRate = new Rate(2, 5));
    admission(gate);
    admission(gate);

    RuleRefusal refusal = refusal(gate);

    assertAnswer(refusal, 429, "visitor-rate-limited");
    assertThat(refusal.headers()).containsEntry("retry-after", "3"); // 2.5 s
    assertThat(verdict(gate, request("https", "/", "192.0.2.2")))
        .isInstanceOf(Verdict.Passed.class);
    clock.advance(Duration.ofSeconds(3));
    admission(gate);
    assertAnswer(refusal(gate), 429, "visitor-rate-limited");
  }

  @Test
  void firstRequestPassesThoughTimeGoesOnWhileItIsLookedAt() {
    AtomicLong ticks = new AtomicLong();
    try (RuleBook ticking = new RuleBook(() -> 443, ticks::incrementAndGet, hashing)) {
      VisitorRules rules = rules(draft -> draft.visitorRate = new Rate(1, 3600));
      List<Verdict> verdicts = new ArrayList<>();

      ticking.check(ticking.gate(rules), request("https", "/", VISITOR), loop::add, verdicts::add);

      assertThat(verdicts).hasOnlyElementsOfType(Verdict.Passed.class);
    }
  }

  @Test
  void tunnelsRateIsOfAllVisitorsTogether() {
    Gate gate = gate(draft -> draft.tunnelRate = new Rate(2, 1));
    admission(gate);
    assertThat(verdict(gate, request("https", "/", "192.0.2.2")))
        .isInstanceOf(Verdict.Passed.class);

    RuleRefusal refusal = refusal(gate, request("https", "/", "192.0.2.3"));

    assertAnswer(refusal, 429, "tunnel-rate-limited");
    assertThat(refusal.headers()).containsEntry("retry-after", "1");
  }

  @Test
  void ratesOfTwoTunnelsAreApart() {
    Consumer<RulesDraft> rules = draft -> draft.visitorRate = new Rate(1, 1);
    Gate one = gate(rules);
    Gate other = gate(rules);
    admission(one);

    admission(other);

    assertAnswer(refusal(one), 429, "visitor-rate-limited");
  }

  @Test
  void whoIsNotLetInUsesUpNothingThatIsShared() {
    Gate gate =
        gate(draft -> {
          addAlice(draft);
          draft.tunnelRate = new Rate(1, 1);
          draft.maxRequests = 1;
        });
    for (int i = 0; i < 5; i++) {
      assertAnswer(refusal(gate), 401, "unauthorized");
    }
    authorize("alice:password");

    admission(gate);

    assertAnswer(refusal(gate), 429, "too-many-at-a-time");
  }

  @Test
  void requestsCountUntilTheyAreReleasedOnce() {
    Gate gate = gate(draft -> draft.maxRequests = 2);
    Admission first = admission(gate);
    admission(gate);
    RuleRefusal third = refusal(gate);

    first.release();
    first.release();

    assertAnswer(third, 429, "too-many-at-a-time");
    assertThat(third.headers()).containsEntry("retry-after", "1");
    assertThat(gate.requests()).isEqualTo(1);
    admission(gate);
    assertAnswer(refusal(gate), 429, "too-many-at-a-time");
  }

  @Test
  void requestThatIsOverItsRateTakesNoPlace() {
    Gate gate =
        gate(draft -> {
          draft.maxRequests = 5;
          draft.tunnelRate = new Rate(1, 1);
        });
    admission(gate).release();

    for (int i = 0; i < 10; i++) {
      assertAnswer(refusal(gate), 429, "tunnel-rate-limited");
    }

    assertThat(gate.requests()).isZero();
  }

  // Bodies.

  @ParameterizedTest
  @CsvSource({"0, true", "10, true", "11, false", "99999999999999999999, false", "1e1, true"})
  void announcedBodyIsHeldToTheLimit(String length, boolean passes) {
    Gate gate = gate(draft -> draft.maxBodyBytes = 10);
    headers.set("Content-Length", length);

    if (passes) {
      admission(gate);
    } else {
      assertAnswer(refusal(gate), 413, "body-too-large");
    }
  }

  @Test
  void bodyIsCountedAsItComes() {
    Admission admission = admission(gate(draft -> draft.maxBodyBytes = 10));

    assertThat(admission.receiveBody(4)).isNull();
    assertThat(admission.receiveBody(6)).isNull();
    assertThat(admission.receiveBody(0)).isNull();
    assertAnswer(refused(admission.receiveBody(1)), 413, "body-too-large");
    assertAnswer(refused(admission.receiveBody(0)), 413, "body-too-large");
  }

  private static RuleRefusal refused(@Nullable RuleRefusal refusal) {
    if (refusal == null) {
      throw new AssertionError("not refused");
    }
    return refusal;
  }

  @Test
  void bodyHasNoLimitWhereThereIsNone() {
    Admission admission = admission(gate(draft -> draft.maxRequests = 1));

    for (int i = 0; i < 10; i++) {
      assertThat(admission.receiveBody(Integer.MAX_VALUE)).isNull();
    }
  }

  // HTTPS.

  @ParameterizedTest
  @CsvSource({
    "443, /a?b=//c, https://shop.example.com/a?b=//c",
    "8443, /, https://shop.example.com:8443/",
    "443, *, https://shop.example.com/",
    "443, //evil.example/x, https://shop.example.com//evil.example/x",
  })
  void requestWithoutTlsIsSentToTheSamePlaceWithIt(int port, String target, String location) {
    httpsPort = port;
    Gate gate = gate(draft -> draft.httpsRedirect = true);

    RuleRefusal refusal = refusal(gate, request("http", target, VISITOR));

    assertAnswer(refusal, 308, "https-required");
    assertThat(refusal.headers()).containsExactlyEntriesOf(Map.of("location", location));
    admission(gate);
  }

  @Test
  void passwordIsNotAskedForWithoutTlsWhereItIsToBeUsed() {
    Gate gate =
        gate(draft -> {
          addAlice(draft);
          draft.httpsRedirect = true;
        });

    assertAnswer(refusal(gate, request("http", "/", VISITOR)), 308, "https-required");
  }

  // Passwords.

  @Test
  void passwordIsAskedFor() {
    RuleRefusal refusal = refusal(gate(RuleBookTest::addAlice));

    assertAnswer(refusal, 401, "unauthorized");
    assertThat(refusal.headers())
        .containsEntry("www-authenticate", "Basic realm=\"shop.example.com\", charset=\"UTF-8\"");
  }

  @ParameterizedTest
  @CsvSource({
    "alice:password, true",
    "alice:passwor, false",
    "alice:password:, false",
    "alice:, false",
    "Alice:password, false",
    "bob:password, false",
    ":password, false",
    "alice, false",
  })
  void onlyTheRightPasswordPasses(String credentials, boolean passes) {
    Gate gate = gate(RuleBookTest::addAlice);
    authorize(credentials);

    if (passes) {
      admission(gate);
    } else {
      assertAnswer(refusal(gate), 401, "unauthorized");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic YWxpY2U6cGFzc3dvcmQ=x",
        "Basic /////w==",
        "Bearer YWxpY2U6cGFzc3dvcmQ=",
        "YWxpY2U6cGFzc3dvcmQ=",
      })
  void whatIsNoPasswordCostsNoHash(String authorization) {
    Gate gate = gate(RuleBookTest::addAlice);
    headers.set("Authorization", authorization);

    assertUnauthorizedAtOnce(gate);
  }

  @Test
  void twoPasswordsAreNone() {
    Gate gate = gate(RuleBookTest::addAlice);
    headers.add("Authorization", "Basic YWxpY2U6cGFzc3dvcmQ=");
    headers.add("Authorization", "Basic YWxpY2U6cGFzc3dvcmQ=");

    assertAnswer(refusal(gate), 401, "unauthorized");
  }

  @Test
  void overlongPasswordIsNone() {
    Gate gate = gate(RuleBookTest::addAlice);
    authorize("alice:" + "x".repeat(1000));

    assertUnauthorizedAtOnce(gate);
  }

  private void assertUnauthorizedAtOnce(Gate gate) {
    assertThat(check(gate, request("https", "/", VISITOR)))
        .singleElement()
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertAnswer(refused.refusal(), 401, "unauthorized"));
    assertThat(hashing.waiting).isEmpty();
  }

  @Test
  void answerComesFromTheLoopOfWhoAsked() {
    Gate gate = gate(RuleBookTest::addAlice);
    authorize("alice:password");
    List<Verdict> verdicts = check(gate, request("https", "/", VISITOR));

    assertThat(verdicts).isEmpty();
    hashing.runAll();
    assertThat(verdicts).isEmpty();
    loop.remove().run();
    assertThat(verdicts).hasOnlyElementsOfType(Verdict.Passed.class);
    assertThat(check(gate, request("https", "/", VISITOR))).hasSize(1);
    assertThat(loop).isEmpty();
  }

  @Test
  void manyWrongPasswordsAreTooMany() {
    Gate gate = gate(RuleBookTest::addAlice);
    for (int i = 0; i < PasswordChecks.FAILURES; i++) {
      authorize("alice:guess" + i);
      assertAnswer(refusal(gate), 401, "unauthorized");
    }

    RuleRefusal refusal = refusal(gate);

    assertAnswer(refusal, 429, "too-many-failures");
    assertThat(refusal.headers()).containsEntry("retry-after", "6");
  }

  @Test
  void fullQueueIsBusy() {
    hashing.isFull = true;
    authorize("alice:password");

    RuleRefusal refusal = refusal(gate(RuleBookTest::addAlice));

    assertAnswer(refusal, 503, "passwords-busy");
    assertThat(refusal.headers()).containsEntry("retry-after", "1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void passwordGoesNoFurtherUnlessItIsTo(boolean passesOn) {
    Gate gate =
        gate(draft -> {
          addAlice(draft);
          draft.passAuthorization = passesOn;
        });
    authorize("alice:password");
    HttpHeaders upstream = headers.copy();

    admission(gate).editRequest(upstream);

    assertThat(upstream.contains("Authorization")).isEqualTo(passesOn);
    assertThat(headers.contains("Authorization")).isTrue();
  }

  @Test
  void authorizationThatIsNotOursGoesOn() {
    headers.set("Authorization", "Bearer token");

    admission(gate(draft -> draft.maxRequests = 1)).editRequest(headers);

    assertThat(headers.get("Authorization")).isEqualTo("Bearer token");
  }

  // Filters and headers.

  @Test
  void filterAnswersWithItsStatus() {
    Gate gate = gate(draft -> draft.filters.add(VisitorFilter.parse("deny path /x/** 404")));

    assertAnswer(refusal(gate, request("https", "/x/y", VISITOR)), 404, "filtered");
    assertAnswer(refusal(gate, request("https", "/%252e", VISITOR)), 400, "ambiguous-path");
    admission(gate);
  }

  @Test
  void headersAreRemovedThenSetThenAdded() {
    HeaderEdits edits =
        new HeaderEdits(
            List.of("X-Gone", "X-Again"),
            List.of(new HeaderEdits.Field("X-Set", "new")),
            List.of(new HeaderEdits.Field("x-set", "more"), new HeaderEdits.Field("X-Again", "1")));
    Admission admission =
        admission(
            gate(draft -> {
              draft.requestHeaders = edits;
              draft.responseHeaders = new HeaderEdits(List.of("server"), List.of(), List.of());
            }));
    HttpHeaders request =
        new DefaultHttpHeaders()
            .add("x-gone", "1")
            .add("X-GONE", "2")
            .add("X-Set", "old")
            .add("X-Set", "older")
            .add("X-Again", "0")
            .add("Server", "kept");
    HttpHeaders response = new DefaultHttpHeaders().add("Server", "gone").add("X-Gone", "kept");

    admission.editRequest(request);
    admission.editResponse(response);

    assertThat(request.getAll("X-Set")).containsExactly("new", "more");
    assertThat(request.getAll("X-Again")).containsExactly("1");
    assertThat(request.contains("X-Gone")).isFalse();
    assertThat(request.get("Server")).isEqualTo("kept");
    assertThat(response.contains("Server")).isFalse();
    assertThat(response.get("X-Gone")).isEqualTo("kept");
  }

  @Test
  void headerThatIsWrittenOtherwiseIsReplacedAndRemovedTooAndNoneComesBehindTheBody() {
    Admission admission =
        admission(
            gate(draft -> {
              draft.requestHeaders =
                  new HeaderEdits(
                      List.of("X-Gone"),
                      List.of(new HeaderEdits.Field("X-User", "nobody")),
                      List.of());
              draft.filters.add(VisitorFilter.parse("deny header X-Debug *"));
            }));
    HttpHeaders request =
        new DefaultHttpHeaders()
            .add("X_User", "root")
            .add("x.user", "root")
            .add("X_Gone", "1")
            .add("X-Users", "kept");
    HttpHeaders trailers =
        new DefaultHttpHeaders()
            .add("X-User", "root")
            .add("x_gone", "1")
            .add("X_Debug", "1")
            .add("X-Sum", "kept");

    admission.editRequest(request);
    admission.editTrailers(trailers);

    assertThat(request.names()).containsExactlyInAnyOrder("X-User", "X-Users");
    assertThat(request.getAll("X-User")).containsExactly("nobody");
    assertThat(trailers.names()).containsExactly("X-Sum");
  }

  @Test
  void hostIsReplacedWhereItIsTo() {
    Admission rewritten = admission(gate(draft -> draft.hostHeader = "localhost:3000"));
    Admission other = admission(gate(draft -> draft.maxRequests = 1));

    assertThat(rewritten.host("shop.example.com")).isEqualTo("localhost:3000");
    assertThat(other.host("shop.example.com:80")).isEqualTo("shop.example.com:80");
  }

  @Test
  void responseMayBeCompressedWhereThatIsAskedFor() {
    assertThat(admission(gate(draft -> draft.compress = true)).mayCompress()).isTrue();
    assertThat(admission(gate(draft -> draft.maxRequests = 1)).mayCompress()).isFalse();
  }

  // The server's own.

  @Test
  void requestPassesTheServersRulesAndTheTunnels() {
    book.replaceHostRules(
        List.of(
            new HostRules("*.example.com", rules(draft -> draft.cidrDeny.add("192.0.2.1"))),
            new HostRules("other.example.com", rules(draft -> draft.cidrDeny.add("192.0.2.2"))),
            new HostRules("**", rules(draft -> draft.cidrDeny.add("192.0.2.3")))));
    Gate gate = gate(draft -> draft.cidrDeny.add("192.0.2.4"));

    for (String refused : List.of("192.0.2.1", "192.0.2.3", "192.0.2.4")) {
      assertAnswer(refusal(gate, request("https", "/", refused)), 403, "address-refused");
    }
    assertThat(verdict(gate, request("https", "/", "192.0.2.2")))
        .isInstanceOf(Verdict.Passed.class);
    assertAnswer(refusal(Gate.OPEN, request("https", "/", "192.0.2.1")), 403, "address-refused");
  }

  @Test
  void placeAtTheServerIsGivenBackWhereTheTunnelRefuses() {
    book.replaceHostRules(List.of(new HostRules("**", rules(draft -> draft.maxRequests = 1))));
    Gate gate = gate(draft -> draft.cidrDeny.add(VISITOR));
    for (int i = 0; i < 5; i++) {
      assertAnswer(refusal(gate), 403, "address-refused");
    }

    Admission admission = admission(Gate.OPEN);

    assertAnswer(refusal(Gate.OPEN), 429, "too-many-at-a-time");
    admission.release();
    admission(Gate.OPEN);
  }

  @Test
  void theServerHasTheLastWord() {
    HeaderEdits servers =
        new HeaderEdits(List.of(), List.of(new HeaderEdits.Field("X-A", "server")), List.of());
    HeaderEdits tunnels =
        new HeaderEdits(List.of(), List.of(new HeaderEdits.Field("X-A", "tunnel")), List.of());
    book.replaceHostRules(
        List.of(
            new HostRules(
                "**",
                rules(draft -> {
                  draft.requestHeaders = servers;
                  draft.responseHeaders = servers;
                  draft.hostHeader = "server";
                  draft.maxBodyBytes = 5;
                }))));
    Gate gate =
        gate(draft -> {
          draft.requestHeaders = tunnels;
          draft.responseHeaders = tunnels;
          draft.hostHeader = "tunnel";
          draft.maxBodyBytes = 10;
        });
    HttpHeaders response = new DefaultHttpHeaders();

    Admission admission = admission(gate);
    admission.editRequest(headers);
    admission.editResponse(response);

    assertThat(headers.get("X-A")).isEqualTo("server");
    assertThat(admission.host("asked")).isEqualTo("server");
    assertThat(response.get("X-A")).isEqualTo("server");
    assertThat(admission.receiveBody(5)).isNull();
    assertThat(admission.receiveBody(1)).isNotNull();
  }

  @Test
  void passwordsOfServerAndTunnelBothHaveToBeRight() {
    book.replaceHostRules(List.of(new HostRules("**", rules(RuleBookTest::addAlice))));
    Gate same = gate(RuleBookTest::addAlice);
    Gate other =
        gate(draft ->
            draft.basicAuth.add(new Credential("bob", new Secret(PasswordChecksTest.HASH))));
    authorize("alice:password");

    admission(same);

    assertAnswer(refusal(other), 401, "unauthorized");
  }

  @Test
  void sectionThatStaysGoesOnCounting() {
    HostRules limited = new HostRules("**", rules(draft -> draft.maxRequests = 1));
    HostRules more = new HostRules("**", rules(draft -> draft.cidrDeny.add("192.0.2.9")));
    book.replaceHostRules(List.of(limited));
    admission(Gate.OPEN);

    book.replaceHostRules(List.of(more, limited));

    assertAnswer(refusal(Gate.OPEN), 429, "too-many-at-a-time");
    assertAnswer(refusal(Gate.OPEN, request("https", "/", "192.0.2.9")), 403, "address-refused");
    book.replaceHostRules(List.of(more));
    admission(Gate.OPEN);
  }

  @Test
  void badSectionReplacesNothing() {
    book.replaceHostRules(
        List.of(new HostRules("**", rules(draft -> draft.cidrDeny.add(VISITOR)))));
    VisitorRules bad = rules(draft -> draft.basicAuth.add(new Credential("a", new Secret("$bad"))));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> book.replaceHostRules(List.of(new HostRules("**", bad))));

    assertAnswer(refusal(Gate.OPEN), 403, "address-refused");
    assertThat(book.hostRules()).isEqualTo(1);
  }

  @Test
  void unruledRequestPassesAtOnce() {
    Gate gate = book.gate(VisitorRules.NONE);

    assertThat(gate).isSameAs(Gate.OPEN);
    Admission admission = admission(gate);
    admission.editRequest(headers);
    admission.release();
    assertThat(headers).isEmpty();
    assertThat(admission.receiveBody(Integer.MAX_VALUE)).isNull();
  }
}
