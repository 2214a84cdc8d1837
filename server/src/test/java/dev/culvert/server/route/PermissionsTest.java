package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.mux.control.RuleKind;
import dev.culvert.mux.control.TunnelKind;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PermissionsTest {
  private static final Permissions STANDARD = Permissions.STANDARD;

  private static Permissions limits(int tunnels, int streams, int streamsPerSecond) {
    return new Permissions(
        STANDARD.kinds(),
        STANDARD.names(),
        STANDARD.domains(),
        true,
        STANDARD.ports(),
        tunnels,
        streams,
        streamsPerSecond);
  }

  private static Permissions with(String name, String domain, boolean provenDomains, String port) {
    return new Permissions(
        STANDARD.kinds(),
        List.of(new NamePattern(name)),
        List.of(new NamePattern(domain)),
        provenDomains,
        List.of(PortRange.parse(port)),
        9,
        9,
        9);
  }

  @ParameterizedTest
  @CsvSource({
    "shop-1, www.example.com, true, 200-210, true",
    "shop-*, *.example.com, false, 100-300, true",
    "*, www.example.com, true, 200-210, false",
    "shop-1, *.example.org, true, 200-210, false",
    "shop-1, www.example.com, true, 200-301, false",
    "shop-1, www.example.com, true, 99-210, false",
  })
  void widerOnesCoverNarrowerOnes(
      String name, String domain, boolean provenDomains, String port, boolean covered) {
    Permissions wider = with("shop-*", "*.example.com", true, "100-300");

    assertThat(wider.covers(with(name, domain, provenDomains, port))).isEqualTo(covered);
  }

  @Test
  void provenDomainsAreNotCoveredByNone() {
    Permissions none = with("shop", "www.example.com", false, "100");

    assertThat(none.covers(with("shop", "www.example.com", true, "100"))).isFalse();
  }

  @Test
  void lowerLimitsAreCoveredAndHigherOnesAreNot() {
    assertThat(STANDARD.covers(limits(1, 1, 1))).isTrue();
    assertThat(limits(2, 2, 2).covers(limits(2, 2, 2))).isTrue();
    assertThat(limits(2, 2, 2).covers(limits(3, 2, 2))).isFalse();
    assertThat(limits(2, 2, 2).covers(limits(2, 3, 2))).isFalse();
    assertThat(limits(2, 2, 2).covers(limits(2, 2, 3))).isFalse();
    assertThat(limits(2, 2, 2).covers(STANDARD)).isFalse();
  }

  @Test
  void fewerKindsAreCovered() {
    Permissions http =
        new Permissions(
            Set.of(TunnelKind.HTTP), STANDARD.names(), List.of(), true, List.of(), 1, 1, 1);

    assertThat(STANDARD.covers(http)).isTrue();
    assertThat(http.covers(limits(1, 1, 1))).isFalse();
  }

  private static Permissions rules(RuleKind... kinds) {
    return new Permissions(
        STANDARD.kinds(),
        STANDARD.names(),
        STANDARD.domains(),
        true,
        STANDARD.ports(),
        1,
        1,
        1,
        Set.of(kinds));
  }

  @Test
  void fewerRulesAreCovered() {
    assertThat(STANDARD.rules()).containsExactlyInAnyOrder(RuleKind.values());
    assertThat(STANDARD.covers(rules(RuleKind.CIDR))).isTrue();
    assertThat(rules(RuleKind.CIDR).covers(rules())).isTrue();
    assertThat(rules(RuleKind.CIDR).covers(rules(RuleKind.CIDR, RuleKind.FILTER))).isFalse();
    assertThat(rules().covers(rules(RuleKind.CIDR))).isFalse();
  }

  @Test
  void whatIsNoPermissionIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> limits(0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> limits(1, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> limits(1, 1, -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("a.b", "www.example.com", true, "1"))
        .withMessageContaining("first label");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("a", "www", true, "1"))
        .withMessageContaining("host name");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new Permissions(
                STANDARD.kinds(),
                Collections.nCopies(101, new NamePattern("a")),
                List.of(),
                true,
                List.of(),
                1,
                1,
                1))
        .withMessageContaining("names: 101");
  }
}
