package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.mux.control.TunnelRefusalCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tunnel of a host a path leads to, in whatever way it is written. */
final class PathPrefixTest {
  private final RoutePool root = new RoutePool();
  private final RoutePool api = new RoutePool();
  private final RoutePool old = new RoutePool();
  private final HostRoutes routes =
      HostRoutes.of("token").with("/api", api).with("", root).with("/api/v1.0", old);

  private String at(String target) {
    RoutePool pool = routes.at(target);
    if (pool == null) {
      return "none";
    }
    return pool.equals(root) ? "root" : pool.equals(api) ? "api" : "old";
  }

  @ParameterizedTest
  @CsvSource({
    "/, root",
    "*, root",
    "/?/api, root",
    "/a, root",
    "/apis, root",
    "/api-x/api, root",
    "/API, root",
    "/api, api",
    "/api/, api",
    "/api?x=/../, api",
    "/api/x, api",
    "/api/v1, api",
    "/api/v1.01, api",
    "/api/v1.0, old",
    "/api/v1.0/x, old",
    "/api/v1%2e0/x, old",
    "/%61%70%69, api",
    "//api, api",
    "/./api//x, api",
    "/api/./v1.0, old",
    "/api/../admin, root",
    "/api/%2e%2E/admin, root",
    "/api/.%2e/admin, root",
    "/admin/../api, api",
    "/../../api, api",
    "/api/v1.0/../v2, api",
    "/api/x/../../../.., root",
    "/api/a%2fb, api",
    "/api/a%20b%, api",
    "/api/%zz, api",
    "/x%2fy, root",
    "/x;y=1/z, root",
    "/api/;x/y, api"
  })
  void pathLeadsToTheLongestPrefixOfIt(String target, String expected) {
    assertThat(at(target)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/..%2fadmin",
        "/admin/..%2Fapi",
        "/api/..%5cadmin",
        "/api/..\\admin",
        "/api/..;/admin",
        "/api;x/y",
        "/api/%2e%2e%3bx/admin",
        "/api/%252e%252e/admin",
        "/api/%25252e%252e/admin",
        "/api%2fv1.0/x",
        "/%2561pi"
      })
  void pathThatAServiceCouldTakeForAnothersLeadsNowhere(String target) {
    assertThat(at(target)).isEqualTo("none");
  }

  @Test
  void pathOutsideOfAllPrefixesLeadsNowhere() {
    HostRoutes only = HostRoutes.of("token").with("/api", api);

    assertThat(only.at("/")).isNull();
    assertThat(only.at("*")).isNull();
    assertThat(only.at("/api/../x")).isNull();
    assertThat(only.at("/x/../api")).isSameAs(api);
  }

  @Test
  void hostOfOneTunnelHasAllPathsHoweverWritten() {
    HostRoutes whole = HostRoutes.of("token").with("", root);

    assertThat(whole.at("/..%2f..;/\\%2525")).isSameAs(root);
    assertThat(whole.at("*")).isSameAs(root);
  }

  @ParameterizedTest
  @CsvSource({
    "/api, /api",
    "/api/, /api",
    "/a/b-c/d_e/f~g/v1.0, /a/b-c/d_e/f~g/v1.0",
    "/..., /..."
  })
  void prefixIsKeptWithoutASlashAtItsEnd(String requested, String kept) throws Exception {
    assertThat(PathPrefix.checked(requested)).isEqualTo(kept);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "/"})
  void noPrefixIsThatOfAllPaths(@Nullable String requested) throws Exception {
    assertThat(PathPrefix.checked(requested)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api", "//", "/a//b", "/a/../b", "/..", "/.", "/a/.", "/a?b", "/a#b", "/a%20b", "/a b",
        "/\u00e9", "/a\\b", "/a;b", "/a\n"
      })
  void whatIsNoPrefixIsRefused(String requested) {
    assertThat(
            catchThrowableOfType(RouteRefusedException.class, () -> PathPrefix.checked(requested))
                .code())
        .isEqualTo(TunnelRefusalCode.INVALID);
  }

  @Test
  void prefixHasTwoHundredCharactersAtMost() throws Exception {
    assertThat(PathPrefix.checked("/" + "a".repeat(199))).hasSize(200);
    assertThat(
            catchThrowableOfType(
                RouteRefusedException.class, () -> PathPrefix.checked("/" + "a".repeat(200))))
        .isNotNull();
  }
}
