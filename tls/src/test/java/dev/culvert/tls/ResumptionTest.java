package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who comes back with a ticket, and who does not. */
final class ResumptionTest {
  private static final String HOST = "tunnel.example.test";

  @TempDir private Path directory;
  private Identity identity;
  private Instant now = Instant.now();
  private ServerTls server;
  private Reunion reunion;

  static Stream<Arguments> pairings() {
    return TunnelHandshakeTest.pairings();
  }

  @BeforeEach
  void start() throws Exception {
    identity = Identity.loadOrCreate(directory);
    server = serve(identity, TlsProvider.BORINGSSL);
    reunion = new Reunion(() -> server);
  }

  @AfterEach
  void stop() {
    reunion.close();
    server.close();
  }

  private ServerTls serve(Identity presented, TlsProvider provider) throws Exception {
    return ServerTls.tunnel(presented.keyAndChain(Instant.now()), provider, () -> now);
  }

  private void serveInstead(ServerTls next) {
    server.close();
    server = next;
  }

  private ClientTls pinning(Identity pinned, TlsProvider provider) throws Exception {
    return ClientTls.tunnel(Trust.pinned(pinned.pin()), provider, () -> now);
  }

  private ClientTls pinning(Identity pinned) throws Exception {
    return pinning(pinned, TlsProvider.BORINGSSL);
  }

  private static void assertResumed(Reunion.Visit visit) {
    assertThat(visit.client().resumed()).as("%s", visit).isTrue();
    assertThat(visit.server().resumed()).as("%s", visit).isTrue();
  }

  private static void assertFull(Reunion.Visit visit) {
    assertThat(visit.client().resumed()).as("%s", visit).isFalse();
    assertThat(visit.server().resumed()).as("%s", visit).isFalse();
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void clientThatPinsComesBackWithATicket(TlsProvider serving, TlsProvider dialling)
      throws Exception {
    serveInstead(serve(identity, serving));
    try (ClientTls client = pinning(identity, dialling)) {
      assertFull(reunion.visit(client, HOST));
      for (int i = 0; i < 3; i++) {
        assertResumed(reunion.visit(client, HOST));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void clientOfAnAuthorityComesBackWithATicket(TlsProvider serving, TlsProvider dialling)
      throws Exception {
    DevAuthority authority = DevAuthority.loadOrCreate(directory.resolve("authority"));
    serveInstead(ServerTls.tunnel(authority.issue(List.of(HOST)), serving));
    try (ClientTls client =
        ClientTls.tunnel(new Trust.AuthorityFile(authority.certificateFile()), dialling)) {
      assertFull(reunion.visit(client, HOST));
      assertResumed(reunion.visit(client, HOST));
    }
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void resumedConnectionHasAKeyExchangeOfItsOwn(TlsProvider serving, TlsProvider dialling)
      throws Exception {
    serveInstead(serve(identity, serving));
    try (ClientTls client = pinning(identity, dialling)) {
      NegotiatedTls full = reunion.visit(client, HOST).client();
      Reunion.Visit resumed = reunion.visit(client, HOST);

      assertResumed(resumed);
      assertThat(resumed.client().group()).isEqualTo(full.group());
      assertThat(resumed.server().group()).isEqualTo(full.group());
    }
  }

  /** The identity is what an onlooker could know a client by. */
  @ParameterizedTest
  @MethodSource("pairings")
  void ticketIsSentOnceAndNoDataWithIt(TlsProvider serving, TlsProvider dialling) throws Exception {
    serveInstead(serve(identity, serving));
    try (ClientTls client = pinning(identity, dialling)) {
      for (int i = 0; i < 4; i++) {
        reunion.visit(client, HOST);
      }
    }

    assertThat(reunion.offers())
        .hasSize(4)
        .noneMatch(offer -> offer.containsKey(ClientHelloTap.EARLY_DATA));
    assertThat(
            reunion.offers().stream()
                .map(offer -> offer.get(ClientHelloTap.PRE_SHARED_KEY))
                .filter(Objects::nonNull)
                .map(tickets -> tickets.substring(0, 72))) // lengths, and 32 bytes of the first
        .hasSize(3)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void certificateForAnotherHostIsNotHiddenByATicket(TlsProvider dialling) throws Exception {
    DevAuthority authority = DevAuthority.loadOrCreate(directory.resolve("authority"));
    serveInstead(ServerTls.tunnel(authority.issue(List.of(HOST)), TlsProvider.BORINGSSL));
    try (ClientTls client =
        ClientTls.tunnel(new Trust.AuthorityFile(authority.certificateFile()), dialling)) {
      reunion.visit(client, HOST);

      assertThatThrownBy(() -> reunion.visit(client, "other.example.test"))
          .hasCauseInstanceOf(CertificateException.class);
    }
  }

  @Test
  void serverThatNobodyVerifiesIsNotKnownAgain() throws Exception {
    try (ClientTls client = ClientTls.tunnel(new Trust.AnythingHere(), TlsProvider.BORINGSSL)) {
      assertFull(reunion.visit(client, HOST));
      assertFull(reunion.visit(client, HOST));
    }
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void replacedIdentityTakesNoTicketAndIsLookedAt(TlsProvider serving, TlsProvider dialling)
      throws Exception {
    serveInstead(serve(identity, serving));
    try (ClientTls client = pinning(identity, dialling)) {
      reunion.visit(client, HOST);

      serveInstead(serve(identity.successor(Duration.ofDays(1), Instant.now()), serving));
      assertFull(reunion.visit(client, HOST));

      serveInstead(serve(identity.successor(Duration.ZERO, Instant.now()), serving));
      assertThatThrownBy(() -> reunion.visit(client, HOST))
          .hasCauseInstanceOf(CertificateException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void otherServersTicketIsWorthNothing(TlsProvider serving) throws Exception {
    serveInstead(serve(identity, serving));
    try (ClientTls client = pinning(identity)) {
      reunion.visit(client, HOST);

      serveInstead(serve(identity, serving)); // started again: even with the same key

      assertFull(reunion.visit(client, HOST));
      assertResumed(reunion.visit(client, HOST));
    }
  }

  @ParameterizedTest
  @EnumSource
  void clientWithAnotherPinIsNotHelpedByATicket(TlsProvider dialling) throws Exception {
    Identity stranger = Identity.loadOrCreate(directory.resolve("stranger"));
    try (ClientTls client = pinning(identity, dialling);
        ClientTls other = pinning(stranger, dialling)) {
      reunion.visit(client, HOST);

      assertThatThrownBy(() -> reunion.visit(other, HOST))
          .hasCauseInstanceOf(CertificateException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void formerPinEndsForTicketsToo(TlsProvider dialling) throws Exception {
    Identity successor = identity.successor(Duration.ofHours(2), now);
    serveInstead(serve(successor, TlsProvider.BORINGSSL));
    try (ClientTls client = pinning(identity, dialling)) {
      reunion.visit(client, HOST);
      now = now.plus(Duration.ofHours(1));
      assertResumed(reunion.visit(client, HOST));

      now = now.plus(Duration.ofHours(1)).plusSeconds(1);

      assertThatExceptionOfType(CertificateException.class)
          .isThrownBy(() -> reunion.visit(client, HOST))
          .withMessageContaining(successor.pin());
    }
  }

  // Keys for tickets.

  @Test
  void ticketOfTheFormerKeyIsGood() throws Exception {
    try (ClientTls client = pinning(identity)) {
      reunion.visit(client, HOST);

      now = now.plus(TicketKeys.PERIOD.multipliedBy(2)).minusSeconds(1);
      assertResumed(reunion.visit(client, HOST)); // and takes one of the next key

      now = now.plus(TicketKeys.PERIOD);
      assertResumed(reunion.visit(client, HOST));
    }
  }

  @Test
  void ticketOfTheKeyBeforeTheFormerIsVoid() throws Exception {
    try (ClientTls client = pinning(identity);
        ClientTls other = pinning(identity)) {
      reunion.visit(client, HOST);
      now = now.plus(TicketKeys.PERIOD);
      reunion.visit(other, HOST); // the first key becomes the former

      now = now.plus(TicketKeys.PERIOD);

      assertFull(reunion.visit(client, HOST));
      assertResumed(reunion.visit(other, HOST));
    }
  }

  @Test
  void ticketEndsWithItsLongestLifeAlsoWhereNobodyCameMeanwhile() throws Exception {
    try (ClientTls client = pinning(identity)) {
      reunion.visit(client, HOST);

      now = now.plus(TicketKeys.LONGEST_LIFE);

      assertFull(reunion.visit(client, HOST));
    }
  }
}
