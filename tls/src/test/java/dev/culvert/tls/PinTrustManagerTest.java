package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which chains a pin lets in. */
final class PinTrustManagerTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;
  private Identity first;
  private Identity second;
  private Identity third;

  @BeforeEach
  void replaceTwice() throws Exception {
    first = Identity.loadOrCreate(directory);
    second = first.successor(DAY, NOW);
    third = second.successor(DAY.multipliedBy(2), NOW);
  }

  private static List<X509Certificate> chain(Identity identity) {
    return identity.keyAndChain(NOW).chain();
  }

  private static void check(String pin, List<X509Certificate> chain, Instant now)
      throws CertificateException {
    new PinTrustManager(List.of(pin), InstantSource.fixed(now))
        .checkServerTrusted(chain.toArray(X509Certificate[]::new), "ECDHE_ECDSA");
  }

  private static void assertTrusted(String pin, List<X509Certificate> chain, Instant now) {
    assertThatCode(() -> check(pin, chain, now)).doesNotThrowAnyException();
  }

  private static void assertRefused(String pin, List<X509Certificate> chain, Instant now) {
    assertThatExceptionOfType(CertificateException.class)
        .isThrownBy(() -> check(pin, chain, now))
        .withMessageContaining(SpkiPin.of(chain.getFirst()))
        .withMessageContaining("not a pinned one");
  }

  @Test
  void ownKeyIsTrustedOnAnyDay() {
    assertTrusted(first.pin(), chain(first), NOW.plus(DAY.multipliedBy(100_000)));
    assertTrusted(second.pin(), chain(second), NOW.plus(DAY.multipliedBy(100)));
    assertTrusted(third.pin(), chain(third), NOW);
  }

  @Test
  void formerKeysStandForTheirSuccessorUntilTheLastDay() {
    assertTrusted(first.pin(), chain(second), NOW);
    assertTrusted(first.pin(), chain(third), NOW);
    assertTrusted(second.pin(), chain(third), NOW.plus(DAY.multipliedBy(2)));

    Instant late = NOW.plus(DAY.multipliedBy(2)).plusSeconds(1);
    assertRefused(first.pin(), chain(third), NOW.plus(DAY).plusSeconds(1));
    assertRefused(second.pin(), chain(third), late);
  }

  @Test
  void formerKeyIsToldItsReplacementAndTheEarliestEndOnTheWay() throws Exception {
    Instant inADay = NOW.plus(DAY);

    assertThat(replacement(first.pin())).isEqualTo(new PinReplacement(third.pin(), inADay));
    assertThat(replacement(second.pin()))
        .isEqualTo(new PinReplacement(third.pin(), NOW.plus(DAY.multipliedBy(2))));
    assertThat(replacement(third.pin())).isNull();
  }

  private @Nullable PinReplacement replacement(String pin) throws CertificateException {
    return new PinTrustManager(List.of(pin), InstantSource.fixed(NOW))
        .replacement(chain(third).toArray(X509Certificate[]::new));
  }

  @Test
  void laterKeyDoesNotStandForAFormerOne() {
    assertRefused(second.pin(), chain(first), NOW);
    assertRefused(third.pin(), chain(second), NOW);
  }

  /** Anybody can send the pinned certificate along: it is public. */
  @Test
  void pinnedCertificateThatVouchesForNobodyIsNoUse() throws Exception {
    Identity stranger = Identity.loadOrCreate(directory.resolve("stranger"));
    List<X509Certificate> chain = new ArrayList<>(chain(stranger));
    chain.addAll(chain(first));

    assertRefused(first.pin(), chain, NOW);
  }

  /** Whoever pins an authority's key would else trust every site that it vouches for. */
  @Test
  void keyOfAnAuthorityStandsForNobodyElse() throws Exception {
    DevAuthority authority = DevAuthority.loadOrCreate(directory);
    List<X509Certificate> chain = new ArrayList<>(authority.issue(List.of("a.example")).chain());
    chain.addAll(Pem.readCertificates(authority.certificateFile()));

    assertRefused(SpkiPin.of(chain.getLast()), chain, Instant.now().plus(DAY));
  }

  @Test
  void noMoreLinksAreFollowedThanAreMade() throws Exception {
    List<X509Certificate> chain = new ArrayList<>(chain(first));
    Identity identity = first;
    for (int i = 0; i <= Identity.MAX_FORMER; i++) {
      identity = identity.successor(DAY, NOW);
      chain.addFirst(chain(identity).getFirst());
    }

    assertRefused(first.pin(), chain, NOW);
    assertTrusted(first.pin(), chain.subList(1, chain.size()), NOW);
  }
}
