package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.VisitorFilter;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FiltersTest {
  private static Filters filters(String text) {
    return new Filters(parsed(text));
  }

  private static int status(Filters filters, String target) {
    return status(filters, target, new DefaultHttpHeaders());
  }

  /** 200 where the request passes. */
  private static int status(Filters filters, String target, HttpHeaders headers) {
    @Nullable RuleRefusal refusal = filters.check(target, headers);
    return refusal == null ? 200 : refusal.status().code();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deny path /admin|/admin|403",
        "deny path /admin|/admins|200",
        "deny path /admin|/admin/x|200",
        "deny path /admin 404|/admin?x=1|404",
        "deny path /admin/** 410|/admin/a/b|410",
        "deny path /admin/*|/admin/a/b|200",
        "deny path **.git/**|/a/.git/config|403",
        "deny path /a, deny path /b 404|/b|404",
        "deny path /a 404, deny path /a|/a|404",
        "allow path /admin/login, deny path /admin/**|/admin/login|200",
        "allow path /admin/login, deny path /admin/**|/admin/users|403",
        "allow path /hooks/**, deny path ** 404|/hooks/a/b|200",
        "allow path /hooks/**, deny path ** 404|/other|404",
        "allow path /hooks/**, deny path ** 404|/|404",
        "deny path **|*|403",
        "deny query debug *|/a?debug|403",
        "deny query debug *|/a?debug=|403",
        "deny query debug 1|/a?debug=1|403",
        "deny query debug 1|/a?debug=2|200",
        "deny query debug 1|/a?x=1&debug=2&debug=1|403",
        "deny query debug 1|/debug=1|200",
        "deny query debug 1|/a?x=?debug=1|200",
        "deny query q **drop**|/a?q=a/drop+table|403",
        "deny query q a*b|/a?q=a+b|403",
        "allow query key abc, deny path **|/a?key=abc|200",
        "allow query key abc, deny path **|/a?key=abd|403",
        "allow query key abc, deny path **|/a|403",
        "allow query key abc, deny path **|/a?key=abc&key=x|403",
        "allow query key abc, deny path **|/a?key=abc&key|403",
        "allow query key abc, deny path **|/a?key=ABC|403",
        "allow query key abc, deny path **|/a?Key=abc|403",
        "allow query key abc, deny path **|/a?x;key=abc;key=abd|403",
      })
  void firstFilterThatMatchesDecides(String filters, String target, int status) {
    assertThat(status(filters(filters), target)).isEqualTo(status);
  }

  /** Each is {@code /admin} or below it to some service. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/admin",
        "/admin/",
        "/admin/x",
        "/admin?x",
        "/ADMIN",
        "/Admin/x",
        "//admin",
        "///admin//x",
        "/./admin",
        "/.//admin",
        "//./admin/x",
        "/x/../admin",
        "/x/y/../../admin/z",
        "/../admin",
        "/x//../admin",
        "/x//../../admin",
        "/%61dmin",
        "/%41DMIN",
        "/%61%64%6d%69%6e/x",
        "/x/%2e%2e/admin",
        "/x/.%2E/admin",
        "/%2e/admin",
        "/x/..%2fadmin",
        "/x%2f..%2fadmin",
        "/x%2F%2e%2e/admin",
        "/%2fadmin",
        "/admin%2f",
        "/admin%2fx",
        "/admin;",
        "/admin;x=1",
        "/admin;x/y",
        "/admin;/x",
        "/;/admin",
        "/;x/admin/y",
        "/x/..;/admin",
        "/x;y/..;z/admin/w",
        "/x/..;/..;/admin",
        "/admin/.",
        "/admin/./x",
        "/admin/..",
        "/admin/../x",
        "/admin/%2e%2e/x",
        "/admin//",
      })
  void deniedPathIsDeniedHoweverItIsWritten(String target) {
    assertThat(status(filters("deny path /admin/** 404"), target)).isEqualTo(404);
  }

  /** None is below {@code /public} to every service. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/public/../admin",
        "/public/..",
        "/public/%2e%2e/admin",
        "/public/..%2fadmin",
        "/public%2f..%2fadmin",
        "/public%2fx",
        "/public/..;/admin",
        "/public;/../admin",
        "/public/;/../../admin",
        "/public//../../admin",
        "/admin/../public/x",
        "//public/x",
        "/Public/x",
        "/public",
        "/public;x/y",
      })
  void allowedPathIsAllowedOnlyAsItIsWritten(String target) {
    assertThat(status(filters("allow path /public/**, deny path ** 404"), target)).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/public/x", "/public/", "/public/a%20b", "/public/%C3%A9", "/public/a;b"})
  void allowedPathIsAllowed(String target) {
    assertThat(status(filters("allow path /public/**, deny path ** 404"), target)).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "/%252e%252e/admin, 400",
    "/%c0%ae, 400",
    "/a\\b, 400",
    "/%zz, 400",
    "/?q=%zz, 200",
  })
  void pathThatCannotBeReadIsRefusedWhereAFilterLooksAtIt(String target, int status) {
    assertThat(status(filters("deny path /other"), target)).isEqualTo(status);
    assertThat(status(filters("deny header X-A b"), target)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/?debug=true",
        "/?DEBUG=TRUE",
        "/?x&debug=true",
        "/?x;debug=true",
        "/?%64ebug=true",
        "/?debug=%74rue",
        "/?debug=tru%65&x",
        "/?&&debug=true",
        "/?debug=false&debug=true",
        "/?a=b;debug=true&c",
      })
  void deniedParameterIsDeniedHoweverItIsWritten(String target) {
    assertThat(status(filters("deny query debug true"), target)).isEqualTo(403);
  }

  @Test
  void plusIsASpaceAndItself() {
    assertThat(status(filters("deny query q a+b"), "/?q=a+b")).isEqualTo(403);
    assertThat(status(filters("deny query q a+b"), "/?q=a%2Bb")).isEqualTo(403);
    assertThat(status(filters("allow query q a+b, deny path **"), "/?q=a+b")).isEqualTo(403);
    assertThat(status(filters("allow query q a+b, deny path **"), "/?q=a%2bb")).isEqualTo(200);
  }

  private static List<VisitorFilter> parsed(String text) {
    return Arrays.stream(text.split(",")).map(VisitorFilter::parse).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/?a=%", "/?a=%c0%80", "/?%ff=1", "/?a=%00", "/?a;b=%4"})
  void queryThatCannotBeReadIsRefusedWhereAFilterLooksAtIt(String target) {
    assertThat(status(filters("deny query x y"), target)).isEqualTo(400);
    assertThat(status(filters("deny path /x"), target)).isEqualTo(200);
  }

  static Stream<HttpHeaders> crawlers() {
    return Stream.of(
        new DefaultHttpHeaders().add("User-Agent", "a/1 (Bad-Bot/2)"),
        new DefaultHttpHeaders().add("user-agent", "BADBOT BAD-BOT"),
        new DefaultHttpHeaders().add("User-Agent", "fine").add("User-Agent", "bad-bot"));
  }

  @ParameterizedTest
  @MethodSource("crawlers")
  void deniedHeaderIsDeniedWhereverItStands(HttpHeaders headers) {
    assertThat(status(filters("deny header User-Agent *bad-bot* 404"), "/", headers))
        .isEqualTo(404);
  }

  @Test
  void allowedHeaderIsAllowedOnlyAlone() {
    Filters filters = filters("allow header X-Key abc, deny path **");

    assertThat(status(filters, "/", new DefaultHttpHeaders().add("x-key", "abc"))).isEqualTo(200);
    assertThat(status(filters, "/", new DefaultHttpHeaders().add("X-Key", "abcd"))).isEqualTo(403);
    assertThat(
            status(
                filters, "/", new DefaultHttpHeaders().add("X-Key", "abc").add("X-Key", "other")))
        .isEqualTo(403);
    assertThat(status(filters, "/", new DefaultHttpHeaders())).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-debug", "X_Debug", "X.DEBUG", "x_debug"})
  void headerIsDeniedHoweverItsNameIsWritten(String name) {
    Filters filters = filters("deny header X-Debug 1");

    assertThat(status(filters, "/", new DefaultHttpHeaders().add(name, "1"))).isEqualTo(403);
    assertThat(status(filters, "/", new DefaultHttpHeaders().add(name, "2"))).isEqualTo(200);
    assertThat(status(filters, "/", new DefaultHttpHeaders().add("X-Debugs", "1"))).isEqualTo(200);
  }

  @Test
  void headerThatIsWrittenOtherwiseAllowsNothingAndSpoilsWhatWould() {
    Filters filters = filters("allow header X-Key abc,deny path **");

    assertThat(status(filters, "/", new DefaultHttpHeaders().add("x-key", "abc"))).isEqualTo(200);
    assertThat(status(filters, "/", new DefaultHttpHeaders().add("X_Key", "abc"))).isEqualTo(403);
    assertThat(
            status(
                filters, "/", new DefaultHttpHeaders().add("X-Key", "abc").add("X_Key", "other")))
        .isEqualTo(403);
  }

  @Test
  void longestRequestAgainstAsManyFiltersAsThereMayBeIsDecided() {
    String bomb = "deny query a *a*a*a*a*a*a*a*a*a*a*a*a*b";
    Filters filters = filters(String.join(",", Collections.nCopies(20, bomb)));

    assertThat(status(filters, "/?a=" + "a".repeat(16_000))).isEqualTo(200);
    assertThat(status(filters, "/?" + "a&".repeat(8_000))).isEqualTo(200);
    assertThat(status(filters, "/?a=" + "a".repeat(16_000) + "b")).isEqualTo(403);
  }
}
