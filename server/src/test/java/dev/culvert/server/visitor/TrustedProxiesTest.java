package dev.culvert.server.visitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.server.visitor.TrustedProxies.Dialect;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is taken for the visitor behind proxies: 10.0.0.0/8 and fd00::/8 are trusted. */
final class TrustedProxiesTest {
  private static final Networks TRUSTED = Networks.of(List.of("10.0.0.0/8", "fd00::/8"));
  private static final String OURS = "app.localhost";

  private final HttpHeaders headers = new DefaultHttpHeaders();

  private Requester from(String peer, Dialect dialect) {
    InetSocketAddress address = VisitorChannel.address(peer, 4711);
    return new TrustedProxies(TRUSTED, dialect).requester(headers, address, "http", OURS);
  }

  private static String chain(Requester requester) {
    return requester.chain().stream()
        .map(NetUtil::toAddressString)
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.7                          | 192.0.2.7 10.0.0.1",
        "192.0.2.7, 10.0.0.2                | 192.0.2.7 10.0.0.2 10.0.0.1",
        "192.0.2.7,10.0.0.3 ,\t10.0.0.2     | 192.0.2.7 10.0.0.3 10.0.0.2 10.0.0.1",
        "6.6.6.6, 192.0.2.7, 10.0.0.2       | 192.0.2.7 10.0.0.2 10.0.0.1",
        "10.6.6.6, 192.0.2.7, 10.0.0.2      | 192.0.2.7 10.0.0.2 10.0.0.1",
        "10.0.0.3, 10.0.0.2                 | 10.0.0.3 10.0.0.2 10.0.0.1",
        "192.0.2.7:4000                     | 192.0.2.7 10.0.0.1",
        "[2001:db8::7]:4000                 | 2001:db8::7 10.0.0.1",
        "[2001:db8::7], fd00::2             | 2001:db8::7 fd00::2 10.0.0.1",
        "2001:db8::7                        | 2001:db8::7 10.0.0.1",
        "::ffff:192.0.2.7                   | 192.0.2.7 10.0.0.1",
        "192.0.2.7, ::ffff:10.0.0.2         | 192.0.2.7 10.0.0.2 10.0.0.1",
        "192.0.2.7, unknown, 10.0.0.2       | 10.0.0.2 10.0.0.1",
        "192.0.2.7, , 10.0.0.2              | 10.0.0.2 10.0.0.1",
        "192.0.2.7,                         | 10.0.0.1",
        "''                                 | 10.0.0.1",
        "evil.example                       | 10.0.0.1",
        "192.0.2                            | 10.0.0.1",
        "192.0.2.7:                         | 10.0.0.1",
        "192.0.2.7:port                     | 10.0.0.1",
        "[192.0.2.7]                        | 10.0.0.1",
        "[2001:db8::7                       | 10.0.0.1",
        "[[2001:db8::7]]                    | 10.0.0.1",
        "fe80::1%eth0                       | 10.0.0.1",
        "\"192.0.2.7\"                      | 10.0.0.1",
        "<script>, 192.0.2.7                | 192.0.2.7 10.0.0.1"
      })
  void xForwardedForIsFollowedWhileItIsToldByTrustedProxies(String line, String chain) {
    headers.add("X-Forwarded-For", line);

    assertThat(chain(from("10.0.0.1", Dialect.X_FORWARDED))).isEqualTo(chain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "for=192.0.2.7                                        | 192.0.2.7 10.0.0.1",
        "For=\"192.0.2.7:4000\";proto=https;by=10.0.0.1       | 192.0.2.7 10.0.0.1",
        "for=\"[2001:db8::7]:4000\"                           | 2001:db8::7 10.0.0.1",
        "for=[2001:db8::7]                                    | 2001:db8::7 10.0.0.1",
        "for=192.0.2.7, for=10.0.0.2                          | 192.0.2.7 10.0.0.2 10.0.0.1",
        "for=6.6.6.6,for=192.0.2.7 ; proto=http , for=\"10.0.0.2\" | 192.0.2.7 10.0.0.2 10.0.0.1",
        "for=\"19\\2.0.2.7\"                                  | 192.0.2.7 10.0.0.1",
        "for=192.0.2.7, for=unknown, for=10.0.0.2             | 10.0.0.2 10.0.0.1",
        "for=192.0.2.7, for=_hidden                           | 10.0.0.1",
        "for=192.0.2.7, proto=https                           | 10.0.0.1",
        "for=\"6.6.6.6, for=192.0.2.7                         | 10.0.0.1",
        "for=6.6.6.6;x=\", for=\"[2001:db8::7]\"              | 10.0.0.1",
        "for=192.0.2.7,                                       | 10.0.0.1",
        "for=192.0.2.7;                                       | 10.0.0.1",
        "for 192.0.2.7                                        | 10.0.0.1",
        "for=                                                 | 10.0.0.1",
        "=192.0.2.7                                           | 10.0.0.1",
        "for=\"192.0.2.7\\                                    | 10.0.0.1",
        "``                                                   | 10.0.0.1"
      })
  void forwardedIsFollowedLikewise(String line, String chain) {
    headers.add("Forwarded", line);

    assertThat(chain(from("10.0.0.1", Dialect.FORWARDED))).isEqualTo(chain);
  }

  @ParameterizedTest
  @CsvSource({"X_FORWARDED, X-Forwarded-For, ''", "FORWARDED, Forwarded, for="})
  void linesAreOneListInTheirOrder(Dialect dialect, String name, String prefix) {
    headers.add(name, prefix + "6.6.6.6");
    headers.add(name, prefix + "192.0.2.7, " + prefix + "10.0.0.3");
    headers.add(name, prefix + "10.0.0.2");

    assertThat(chain(from("10.0.0.1", dialect))).isEqualTo("192.0.2.7 10.0.0.3 10.0.0.2 10.0.0.1");
  }

  @Test
  void malformedLineOfAVisitorLeavesTheLinesOfProxiesBehindItGood() {
    headers.add("Forwarded", "for=\"");
    headers.add("Forwarded", "for=192.0.2.7");

    assertThat(chain(from("10.0.0.1", Dialect.FORWARDED))).isEqualTo("192.0.2.7 10.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "X_FORWARDED, Forwarded, for=6.6.6.6;proto=https;host=evil.example",
    "FORWARDED, X-Forwarded-For, 6.6.6.6"
  })
  void theOtherKindOfHeaderIsNotBelieved(Dialect dialect, String name, String value) {
    headers.add(name, value);
    headers.add(dialect == Dialect.FORWARDED ? "X-Forwarded-Proto" : "X-Unheard-Of", "https");

    Requester requester = from("10.0.0.1", dialect);

    assertThat(chain(requester)).isEqualTo("10.0.0.1");
    assertThat(requester.scheme()).isEqualTo("http");
    assertThat(requester.host()).isEqualTo(OURS);
  }

  @Test
  void chainIsFollowedForThirtyTwoHops() {
    headers.add("X-Forwarded-For", "6.6.6.6" + ", 10.0.0.2".repeat(5000));

    assertThat(from("10.0.0.1", Dialect.X_FORWARDED).chain()).hasSize(TrustedProxies.MAX_HOPS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.9", "9.255.255.255", "2001:db8::9"})
  void strangerIsTheVisitorWhateverItSays(String stranger) {
    headers.add("X-Forwarded-For", "6.6.6.6, 10.0.0.2");
    headers.add("X-Forwarded-Proto", "https");
    headers.add("X-Forwarded-Host", "evil.example");
    headers.add("X-Request-Id", "mine");

    Requester requester = from(stranger, Dialect.X_FORWARDED);

    assertThat(chain(requester)).isEqualTo(stranger);
    assertThat(requester.addressText()).isEqualTo(stranger);
    assertThat(requester.scheme()).isEqualTo("http");
    assertThat(requester.host()).isEqualTo(OURS);
    assertThat(requester.requestId()).matches("[0-9a-f]{32}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https        | https",
        "HTTPS        | https",
        "wss          | https",
        "ws           | http",
        "https, http  | http",
        "gopher       | http",
        "''           | http"
      })
  void schemeIsTheNearestTrustedProxys(String line, String scheme) {
    headers.add("X-Forwarded-Proto", line);

    assertThat(from("10.0.0.1", Dialect.X_FORWARDED).scheme()).isEqualTo(scheme);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "www.example.com        | www.example.com",
        "www.example.com:8443   | www.example.com:8443",
        "evil, www.example.com  | www.example.com",
        "'a b'                  | app.localhost",
        "a/b                    | app.localhost",
        "a\"b                   | app.localhost"
      })
  void hostIsTheNearestTrustedProxysWhereItIsOne(String line, String host) {
    headers.add("X-Forwarded-Host", line);

    assertThat(from("10.0.0.1", Dialect.X_FORWARDED).host()).isEqualTo(host);
  }

  @Test
  void schemeAndHostOfForwardedAreThoseThatTheVisitorUsed() {
    headers.add(
        "Forwarded",
        "for=6.6.6.6;proto=http;host=evil.example,"
            + " for=192.0.2.7;proto=https;host=\"www.example.com:444\", for=10.0.0.2;proto=http");

    Requester requester = from("10.0.0.1", Dialect.FORWARDED);

    assertThat(requester.scheme()).isEqualTo("https");
    assertThat(requester.host()).isEqualTo("www.example.com:444");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0af7651916cd43dd8448eb211c80319c", "Root=1-67891233:abc/def", "x"})
  void requestIdOfATrustedProxyIsKept(String id) {
    headers.add("X-Request-Id", id);

    assertThat(from("10.0.0.1", Dialect.X_FORWARDED).requestId()).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\"b", "a\tb", "é", "<b>", "a;b", "{}", "$(id)"})
  void requestIdThatIsNotPlainIsReplaced(String id) {
    headers.add("X-Request-Id", id);

    assertThat(from("10.0.0.1", Dialect.X_FORWARDED).requestId()).matches("[0-9a-f]{32}");
  }

  @Test
  void requestIdThatIsLongOrSaidTwiceIsReplaced() {
    headers.add("X-Request-Id", "a".repeat(65));
    assertThat(from("10.0.0.1", Dialect.X_FORWARDED).requestId()).hasSize(32);

    headers.set("X-Request-Id", List.of("a", "b"));
    assertThat(from("10.0.0.1", Dialect.X_FORWARDED).requestId()).hasSize(32);
  }

  @Test
  void requestIdsDiffer() {
    assertThat(from("192.0.2.9", Dialect.X_FORWARDED).requestId())
        .isNotEqualTo(from("192.0.2.9", Dialect.X_FORWARDED).requestId());
  }

  @Test
  void dialectsAreReadByTheirNames() {
    assertThat(Dialect.parse("x-forwarded")).isEqualTo(Dialect.X_FORWARDED);
    assertThat(Dialect.parse("forwarded")).isEqualTo(Dialect.FORWARDED);
    assertThatThrownBy(() -> Dialect.parse("via")).hasMessageContaining("x-forwarded or forwarded");
  }
}
