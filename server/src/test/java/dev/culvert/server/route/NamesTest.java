package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.mux.control.TunnelRefusalCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
  @ParameterizedTest
  @CsvSource({
    "a,a",
    "0,0",
    "nsa,nsa",
    "dns-records,dns-records",
    "App,app",
    "a-b,a-b",
    "a--b,a--b",
    "WWW2,www2"
  })
  void labelIsKeptInLowerCase(String requested, String kept) throws Exception {
    assertThat(Names.checked(requested)).isEqualTo(kept);
  }

  @Test
  void labelHasSixtyThreeLettersAtMost() throws Exception {
    assertThat(Names.checked("a".repeat(63))).hasSize(63);
    assertRefused("a".repeat(64));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "-a",
        "a-",
        "a.b",
        "a b",
        "a_b",
        "a\n",
        "\na",
        "a/b",
        "tcp/1",
        "*",
        "\u00e9",
        "\u0130",
        "\u212a",
        "a\0",
        "xn--a",
        "xN--80ak6aa92e",
        "\u0430pple",
        "a%2e",
        "a\u3002b",
        "sip",
        "info",
        "dashboard",
        "XN--a",
        "www",
        "Admin",
        "localhost",
        "culvert",
        "ns1",
        "ns-02",
        "MX10",
        "autodiscover",
        "mta-sts",
        "login"
      })
  void whatIsNoLabelOrTheOperatorsOwnIsRefused(String requested) {
    assertRefused(requested);
  }

  private static void assertRefused(String requested) {
    RouteRefusedException refusal =
        catchThrowableOfType(RouteRefusedException.class, () -> Names.checked(requested));
    assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.INVALID);
    assertThat(refusal.reason()).matches("[\\x20-\\x7e]+");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.b",
        "1.2.3.b4",
        "xn--mnchen-3ya.example",
        "xn--mnchen-3ya.notexample.com",
        "*.xn--mnchen-3ya.de",
        "a--b.team.example.com",
        "*.a.b",
        "a.b.c.d.e.f.g.h.i.j",
        "*.a.b.c.d.e.f.g.h.i.j"
      })
  void hostNameOfSeveralLabelsIsKept(String host) throws Exception {
    Names.checkHost(host, "example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xn--shp-8tc.team.example.com",
        "a.xn--shp-8tc.example.com",
        "*.xn--shp-8tc.example.com",
        "example.com",
        "*.example.com",
        "a",
        "*.a",
        "*",
        "*.",
        "*.*.a.b",
        "a.*.b",
        "a*.b.c",
        "192.0.2.1",
        "*.192.0.2.1",
        "a..b",
        ".a.b",
        "a.b.",
        "-a.b",
        "_acme-challenge.a.b",
        "a.b.c.d.e.f.g.h.i.j.k"
      })
  void whatIsNoHostNameOrTheServersOwnIsRefused(String host) {
    assertThat(
            catchThrowableOfType(
                    RouteRefusedException.class, () -> Names.checkHost(host, "example.com"))
                .code())
        .isEqualTo(TunnelRefusalCode.INVALID);
  }

  @Test
  void newNamesCouldBeAskedFor() throws Exception {
    Names names = new Names();

    for (int i = 0; i < 1000; i++) {
      String name = names.random();
      assertThat(Names.checked(name)).isEqualTo(name).matches("[a-z]+-[a-z]+-[2-9a-z]{4}");
    }
  }
}
