package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificate a client is presented with, and what that keeps in memory. */
final class CertificateStoreTest {
  private static final int MAX_CONTEXTS = 3;

  private final Instant start = Instant.parse("2026-11-23T12:00:00Z");
  private Instant now = start;
  private CertificateStore store;
  private KeyPair keys;

  @BeforeEach
  void open() throws Exception {
    keys = SelfSigned.ecKeys();
    store = new CertificateStore(() -> now, MAX_CONTEXTS);
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Valid from an hour ago for so many days. */
  private KeyAndChain certificate(int days, String... names) throws Exception {
    return SelfSigned.keyAndChain(
        keys, start.minus(Duration.ofHours(1)), start.plus(Duration.ofDays(days)), names);
  }

  @Test
  void exactNameGoesBeforeTheWildcard() throws Exception {
    KeyAndChain exact = certificate(1, "a.example");
    KeyAndChain wildcard = certificate(90, "*.example");

    store.adopt(exact);
    store.adopt(wildcard);

    assertThat(store.find("a.example")).isEqualTo(exact);
    assertThat(store.find("b.example")).isEqualTo(wildcard);
    assertThat(store.find("*.example")).isEqualTo(wildcard);
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.test", "a.b.example.test", ".example.test", "test", "", "."})
  void wildcardStandsForOneLabelAndNoLess(String name) throws Exception {
    store.adopt(certificate(1, "*.example.test"));

    assertThat(store.find(name)).isNull();
  }

  @Test
  void everyNameOfACertificateIsFound() throws Exception {
    KeyAndChain certificate = certificate(1, "a.example", "b.test", "*.c.test");

    store.adopt(certificate);

    for (String name : List.of("a.example", "b.test", "d.c.test")) {
      assertThat(store.find(name)).as(name).isEqualTo(certificate);
    }
    assertThat(store.size()).isOne();
  }

  @Test
  void namesAreComparedWithoutCaseAndFinalDot() throws Exception {
    KeyAndChain certificate = certificate(1, "Shop.EXAMPLE.test.");

    store.adopt(certificate);

    assertThat(store.find("sHOP.example.TEST")).isEqualTo(certificate);
    assertThat(store.find("shop.example.test.")).isEqualTo(certificate);
    assertThat(certificate.names()).containsExactly("shop.example.test");
  }

  @Test
  void internationalNameIsKnownByItsALabels() throws Exception {
    KeyAndChain certificate = certificate(1, "xn--mnchen-3ya.example", "*.xn--mnchen-3ya.example");

    store.adopt(certificate);

    assertThat(store.find("XN--MNCHEN-3YA.example")).isEqualTo(certificate);
    assertThat(store.find("xn--bcher-kva.xn--mnchen-3ya.example")).isEqualTo(certificate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*", "a.*.test", "f*.test", "*.*.test", "a..test", ".test", "a b.test", "", "a/b"})
  void whatIsNoHostNameIsLeftOut(String odd) throws Exception {
    KeyAndChain certificate = certificate(1, odd, "good.test");

    assertThat(certificate.names()).containsExactly("good.test");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.adopt(certificate(1, odd)))
        .withMessageContaining("names no host");
  }

  @Test
  void ofTwoForTheSameNameTheLaterLastDayIsPresented() throws Exception {
    KeyAndChain early = certificate(30, "early.test", "same.test");
    KeyAndChain late = certificate(60, "late.test", "same.test");
    KeyAndChain middle = certificate(45, "middle.test", "same.test");

    store.adopt(early);
    store.adopt(late);
    store.adopt(middle);

    assertThat(store.find("same.test")).isEqualTo(late);
    assertThat(store.find("early.test")).isEqualTo(early);
  }

  @Test
  void whatIsValidGoesBeforeWhatExpiredOrIsNotYetValid() throws Exception {
    KeyAndChain expired = certificate(1, "a.example");
    KeyAndChain wildcard = certificate(30, "*.example");
    KeyAndChain future =
        SelfSigned.keyAndChain(
            keys,
            start.plus(Duration.ofDays(10)),
            start.plus(Duration.ofDays(100)),
            "future.test",
            "a.example");
    store.adopt(expired);
    store.adopt(wildcard);
    store.adopt(future);

    assertThat(store.find("a.example")).isEqualTo(expired);
    now = start.plus(Duration.ofDays(2));
    assertThat(store.find("a.example")).isEqualTo(wildcard);
    now = start.plus(Duration.ofDays(11));
    assertThat(store.find("a.example")).isEqualTo(future);
  }

  @Test
  void expiredOneIsPresentedWhereThereIsNoOther() throws Exception {
    KeyAndChain standard = certificate(1, "default.test");
    KeyAndChain expired = certificate(1, "a.example");
    store.setDefault(standard);
    store.adopt(expired);

    now = start.plus(Duration.ofDays(2));

    assertThat(store.find("a.example")).isEqualTo(expired);
    assertThat(store.https("other.test")).isSameAs(store.https("default.test"));
  }

  @Test
  void renewedCertificateTakesThePlaceOfTheFormer() throws Exception {
    KeyAndChain former = certificate(60, "a.example", "b.example");
    KeyAndChain renewed = certificate(30, "a.example", "c.example");
    store.adopt(former);

    store.adopt(renewed);

    assertThat(store.find("a.example")).isEqualTo(renewed);
    assertThat(store.find("b.example")).isNull();
    assertThat(store.find("c.example")).isEqualTo(renewed);
    assertThat(store.size()).isOne();
  }

  @Test
  void removedCertificateUncoversTheOneBehindIt() throws Exception {
    KeyAndChain early = certificate(30, "a.example");
    KeyAndChain late = certificate(60, "a.example", "b.example");
    store.put("early", early);
    store.put("late", late);

    store.remove("late");
    store.remove("unknown");

    assertThat(store.find("a.example")).isEqualTo(early);
    assertThat(store.find("b.example")).isNull();
  }

  @Test
  void unknownAndMissingNamesGetTheDefault() throws Exception {
    KeyAndChain standard = certificate(30, "default.test");
    store.setDefault(standard);
    store.adopt(certificate(30, "a.example"));

    assertThat(store.find("other.test")).isNull();
    assertThat(store.https("other.test"))
        .isSameAs(store.https(null))
        .isSameAs(store.https("default.test"))
        .isNotSameAs(store.https("a.example"));
    assertThat(store.tunnel("other.test"))
        .isSameAs(store.tunnel(null))
        .isNotSameAs(store.https(null));
  }

  @Test
  void withoutADefaultNamesThatAreKnownAreServed() throws Exception {
    store.adopt(certificate(30, "a.example"));

    assertThat(store.https("a.example")).isNotNull();
    assertThatIllegalStateException().isThrownBy(() -> store.https(null));
    assertThatIllegalStateException().isThrownBy(() -> store.https("other.test"));
  }

  @Test
  void replacedDefaultIsPresentedAndFoundNoLonger() throws Exception {
    store.setDefault(certificate(60, "old.test"));
    ServerTls first = store.https(null);

    KeyAndChain next = certificate(30, "new.test");
    store.setDefault(next);

    assertThat(store.https(null)).isNotSameAs(first).isSameAs(store.https("new.test"));
    assertThat(store.find("old.test")).isNull();
    assertThat(store.find("new.test")).isEqualTo(next);
  }

  @Test
  void standInGivesWayToAnyOtherThatIsValid() throws Exception {
    KeyAndChain standIn = certificate(90, "a.example", "*.a.example");
    KeyAndChain real = certificate(30, "*.a.example");
    store.setStandIn(standIn);
    assertThat(store.find("b.a.example")).isEqualTo(standIn);

    store.adopt(real);

    assertThat(store.find("a.example")).isEqualTo(standIn);
    assertThat(store.find("b.a.example")).isEqualTo(real);
    assertThat(store.https(null)).isSameAs(store.https("a.example"));
    now = start.plus(Duration.ofDays(31));
    assertThat(store.find("b.a.example")).isEqualTo(standIn);
  }

  @Test
  void standInThatBecomesTheDefaultCompetes() throws Exception {
    KeyAndChain standard = certificate(90, "a.example");
    store.adopt(certificate(30, "a.example"));
    store.setStandIn(standard);

    store.setDefault(standard);

    assertThat(store.find("a.example")).isEqualTo(standard);
  }

  @Test
  void sameCertificateAgainKeepsItsContext() throws Exception {
    KeyAndChain certificate = certificate(30, "a.example");
    store.adopt(certificate);
    ServerTls first = store.https("a.example");

    store.adopt(certificate);

    assertThat(store.https("a.example")).isSameAs(first);
    assertThat(store.contexts()).isOne();
  }

  @Test
  void replacedContextOutlivesOneSweep() throws Exception {
    store.adopt(certificate(30, "a.example"));
    ServerTls former = store.https("a.example");
    store.adopt(certificate(60, "a.example"));

    store.sweep();
    ReferenceCountUtil.release(
        former.newHandler(UnpooledByteBufAllocator.DEFAULT).engine()); // whoever asked a moment ago
    assertThat(store.contexts()).isZero();

    store.sweep();
    assertThatIllegalStateException()
        .isThrownBy(() -> former.newHandler(UnpooledByteBufAllocator.DEFAULT));
  }

  @Test
  void contextsBeyondTheBoundAreClosedTheLongestUnusedFirst() throws Exception {
    List<ServerTls> made = new ArrayList<>();
    for (int i = 0; i < MAX_CONTEXTS + 2; i++) {
      store.adopt(certificate(30, i + ".example"));
      made.add(store.https(i + ".example"));
      store.sweep();
    }
    assertThat(store.contexts()).isEqualTo(MAX_CONTEXTS);

    assertThat(store.https("2.example")).isSameAs(made.get(2));
    assertThat(store.https("4.example")).isSameAs(made.get(4));
    assertThat(store.https("0.example")).isNotSameAs(made.get(0));
    store.sweep(); // and 3.example has to go
    assertThat(store.contexts()).isEqualTo(MAX_CONTEXTS);
    assertThat(store.https("2.example")).isSameAs(made.get(2));
    assertThat(store.https("3.example")).isNotSameAs(made.get(3));
  }

  @Test
  void contextsAreMadeForWhatIsAskedForOnly() throws Exception {
    store.setDefault(certificate(30, "default.test"));
    for (int i = 0; i < 10; i++) {
      store.adopt(certificate(30, i + ".example"));
    }
    assertThat(store.contexts()).isZero();

    store.https("1.example");
    store.https("1.example");
    store.tunnel("1.example");

    assertThat(store.contexts()).isEqualTo(2);
  }

  @Test
  void closedStoreClosesItsContextsAndMakesNoMore() throws Exception {
    store.adopt(certificate(30, "a.example"));
    store.adopt(certificate(30, "b.example"));
    ServerTls open = store.https("a.example");

    store.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> open.newHandler(UnpooledByteBufAllocator.DEFAULT));
    assertThatIllegalStateException().isThrownBy(() -> store.https("b.example"));
    assertThat(store.contexts()).isZero();
  }
}
