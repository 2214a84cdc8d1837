package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes over a real socket, in each pairing of providers. */
class TunnelHandshakeTest {
  @TempDir Path directory;
  private Identity identity;
  private DevAuthority authority;

  static Stream<Arguments> pairings() {
    return Stream.of(TlsProvider.values())
        .flatMap(
            server -> Stream.of(TlsProvider.values()).map(client -> Arguments.of(server, client)));
  }

  @BeforeEach
  void createKeys() throws Exception {
    identity = Identity.loadOrCreate(directory);
    authority = DevAuthority.loadOrCreate(directory);
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void pinnedKeyIsAccepted(TlsProvider server, TlsProvider client) throws Exception {
    Loopback.Ends ends =
        handshake(
            identity.keyAndChain(Instant.now()),
            server,
            Trust.pinned(identity.pin()),
            client,
            "anything");

    assertThat(ends.clientFailure()).isNull();
    assertThat(ends.serverFailure()).isNull();
    assertThat(TunnelProtocol.isNegotiated(ends.client())).isTrue();
    assertThat(TunnelProtocol.isNegotiated(ends.server())).isTrue();
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void formerPinIsAcceptedDuringTheOverlap(TlsProvider server, TlsProvider client)
      throws Exception {
    Identity successor = identity.successor(Duration.ofDays(1), Instant.now());

    for (String pin : List.of(identity.pin(), successor.pin())) {
      Loopback.Ends ends =
          handshake(
              successor.keyAndChain(Instant.now()), server, Trust.pinned(pin), client, "anything");

      assertThat(ends.clientFailure()).isNull();
      assertThat(ends.serverFailure()).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void formerPinIsRefusedAfterTheOverlap(TlsProvider server, TlsProvider client) throws Exception {
    Instant longAgo = Instant.now().minus(Duration.ofDays(9));
    Identity successor = identity.successor(Duration.ofDays(1), longAgo);

    for (Instant asOf : List.of(longAgo, Instant.now())) { // sent along still, and no more
      Loopback.Ends ends =
          handshake(successor.keyAndChain(asOf), server, Trust.pinned(identity.pin()), client, "x");

      assertThat(ends.clientFailure()).hasCauseInstanceOf(CertificateException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void serverThatNobodyKnowsIsAcceptedWithoutVerifying(TlsProvider server, TlsProvider client)
      throws Exception {
    Loopback.Ends ends =
        handshake(
            identity.keyAndChain(Instant.now()), server, new Trust.AnythingHere(), client, "x");

    assertThat(ends.succeeded()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void otherKeyThanThePinnedFails(TlsProvider server, TlsProvider client) throws Exception {
    Trust other = Trust.pinned(Identity.loadOrCreate(directory.resolve("other")).pin());

    Loopback.Ends ends =
        handshake(identity.keyAndChain(Instant.now()), server, other, client, "localhost");

    assertThat(ends.clientFailure())
        .cause()
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining(identity.pin());
    assertThat(ends.serverFailure()).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void oneOfSeveralPinsIsEnough(TlsProvider server, TlsProvider client) throws Exception {
    String other = Identity.loadOrCreate(directory.resolve("other")).pin();

    Loopback.Ends ends =
        handshake(
            identity.keyAndChain(Instant.now()),
            server,
            new Trust.PinnedKey(Set.of(other, identity.pin())),
            client,
            "localhost");

    assertThat(ends.succeeded()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void certificateOfTheAuthorityFileIsAccepted(TlsProvider server, TlsProvider client)
      throws Exception {
    KeyAndChain issued = authority.issue(List.of("*.example.test", "127.0.0.1", "::1"));
    Trust trust = new Trust.AuthorityFile(authority.certificateFile());

    for (String host : List.of("tunnel.example.test", "127.0.0.1", "::1")) {
      Loopback.Ends ends = handshake(issued, server, trust, client, host);

      assertThat(ends.clientFailure()).as(host).isNull();
      assertThat(ends.serverFailure()).as(host).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void certificateForAnotherHostFails(TlsProvider server, TlsProvider client) throws Exception {
    KeyAndChain issued = authority.issue(List.of("tunnel.example.test", "127.0.0.1"));
    Trust trust = new Trust.AuthorityFile(authority.certificateFile());

    for (String host : List.of("other.example.test", "example.test", "127.0.0.2", "localhost")) {
      Loopback.Ends ends = handshake(issued, server, trust, client, host);

      assertThat(ends.clientFailure()).as(host).hasCauseInstanceOf(CertificateException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void authorityOutsideTheFileFails(TlsProvider server, TlsProvider client) throws Exception {
    KeyAndChain issued =
        DevAuthority.loadOrCreate(directory.resolve("other")).issue(List.of("a.example.test"));

    Loopback.Ends ends =
        handshake(
            issued,
            server,
            new Trust.AuthorityFile(authority.certificateFile()),
            client,
            "a.example.test");

    assertThat(ends.clientFailure()).hasCauseInstanceOf(CertificateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void systemAuthoritiesRefuseADevelopmentCertificate(TlsProvider client) throws Exception {
    KeyAndChain issued = authority.issue(List.of("a.example.test"));

    Loopback.Ends ends =
        handshake(issued, TlsProvider.JDK, new Trust.SystemAuthorities(), client, "a.example.test");

    assertThat(ends.clientFailure()).hasCauseInstanceOf(CertificateException.class);
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void tls12ClientIsRefused(TlsProvider server, TlsProvider client) throws Exception {
    Loopback.Ends ends = handshakeWithClient("TLSv1.2", TunnelProtocol.ALPN, server, client);

    assertThat(ends.serverFailure()).isNotNull();
    assertThat(ends.clientFailure()).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void clientWithOtherAlpnIsNotTakenForATunnel(TlsProvider server, TlsProvider client)
      throws Exception {
    Loopback.Ends ends = handshakeWithClient("TLSv1.3", "h2", server, client);

    assertThat(TunnelProtocol.isNegotiated(ends.server())).isFalse();
    assertThat(TunnelProtocol.isNegotiated(ends.client())).isFalse();
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void clientWithoutAlpnIsNotTakenForATunnel(TlsProvider server, TlsProvider client)
      throws Exception {
    SslContext bare =
        SslContextBuilder.forClient()
            .sslProvider(client.netty())
            .protocols("TLSv1.3")
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build();

    Loopback.Ends ends = handshakeWithClient(bare, server);

    assertThat(ends.succeeded()).isTrue();
    assertThat(TunnelProtocol.isNegotiated(ends.server())).isFalse();
  }

  @Test
  void boringSslAgreesOnPostQuantumKeyExchange() throws Exception {
    assertThat(negotiatedGroup(TlsProvider.BORINGSSL, TlsProvider.BORINGSSL))
        .isEqualTo(ServerHelloTap.X25519MLKEM768);
  }

  @Test
  void jdkPeerStillAgreesOnX25519() throws Exception {
    assertThat(negotiatedGroup(TlsProvider.BORINGSSL, TlsProvider.JDK))
        .isEqualTo(ServerHelloTap.X25519);
    assertThat(negotiatedGroup(TlsProvider.JDK, TlsProvider.BORINGSSL))
        .isEqualTo(ServerHelloTap.X25519);
  }

  private int negotiatedGroup(TlsProvider server, TlsProvider client) throws Exception {
    ServerHelloTap tap = new ServerHelloTap();
    try (ServerTls serverTls = ServerTls.tunnel(identity.keyAndChain(Instant.now()), server);
        ClientTls clientTls = ClientTls.tunnel(Trust.pinned(identity.pin()), client);
        Loopback loopback = new Loopback()) {
      Loopback.Ends ends =
          loopback.handshake(
              serverTls::newHandler,
              alloc -> clientTls.newHandler(alloc, "localhost", 443),
              channel -> channel.pipeline().addFirst(tap));
      assertThat(ends.succeeded()).isTrue();
    }
    return tap.group();
  }

  private static Loopback.Ends handshake(
      KeyAndChain keyAndChain, TlsProvider server, Trust trust, TlsProvider client, String host)
      throws Exception {
    try (ServerTls serverTls = ServerTls.tunnel(keyAndChain, server);
        ClientTls clientTls = ClientTls.tunnel(trust, client);
        Loopback loopback = new Loopback()) {
      return loopback.handshake(
          serverTls::newHandler, alloc -> clientTls.newHandler(alloc, host, 443));
    }
  }

  private Loopback.Ends handshakeWithClient(
      String version, String alpn, TlsProvider server, TlsProvider client) throws Exception {
    SslContext stranger =
        SslContextBuilder.forClient()
            .sslProvider(client.netty())
            .protocols(version)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    alpn))
            .build();
    return handshakeWithClient(stranger, server);
  }

  private Loopback.Ends handshakeWithClient(SslContext client, TlsProvider server)
      throws Exception {
    try (ServerTls serverTls = ServerTls.tunnel(identity.keyAndChain(Instant.now()), server);
        Loopback loopback = new Loopback()) {
      return loopback.handshake(serverTls::newHandler, client::newHandler);
    } finally {
      ReferenceCountUtil.release(client);
    }
  }
}
