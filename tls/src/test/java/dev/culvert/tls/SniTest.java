package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes of visitors and clients with a listener that has many certificates. */
final class SniTest {
  private static final int MANY = 10_000;

  private final CertificateStore store = new CertificateStore(InstantSource.system());
  private final Loopback loopback = new Loopback();
  private final AtomicInteger accepted = new AtomicInteger();
  private KeyAndChain standard;
  private KeyAndChain exact;
  private KeyAndChain wildcard;
  private SslContext browser;
  private int port;

  @BeforeEach
  void listen() throws Exception {
    standard = certificate("default.test");
    exact = certificate("a.example.test");
    wildcard = certificate("*.example.test");
    store.setDefault(standard);
    store.adopt(exact);
    store.adopt(wildcard);
    browser =
        SslContextBuilder.forClient()
            .sslProvider(TlsProvider.JDK.netty())
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm("")
            .build();
    port =
        loopback.listen(
            channel -> channel.pipeline().addLast(new ClientHelloDispatch(this::choose)));
  }

  @AfterEach
  void close() {
    loopback.close();
    store.close();
  }

  private ClientHelloDispatch.Destination choose(ClientHello hello) {
    String name = hello.serverName();
    return new ClientHelloDispatch.Destination(
        hello.offersOnlyTunnel() ? store.tunnel(name) : store.https(name),
        channel -> {
          accepted.incrementAndGet();
          loopback.track(channel);
        });
  }

  private static KeyAndChain certificate(String... names) throws Exception {
    return SelfSigned.keyAndChain(
        SelfSigned.ecKeys(),
        Instant.now().minus(Duration.ofHours(1)),
        Instant.now().plus(Duration.ofHours(1)),
        names);
  }

  /** The certificate that a visitor is presented with who asks for {@code name}. */
  private Certificate presented(@Nullable String name) throws Exception {
    CompletableFuture<SslHandler> dialled = new CompletableFuture<>();
    loopback.connect(
        port,
        channel ->
            dialled.complete(
                loopback.add(
                    channel,
                    name == null
                        ? browser.newHandler(channel.alloc())
                        : browser.newHandler(channel.alloc(), name, 443))));
    SslHandler handler = dialled.get(20, TimeUnit.SECONDS);
    assertThat(Loopback.failure(handler.handshakeFuture())).isNull();
    return handler.engine().getSession().getPeerCertificates()[0];
  }

  @Test
  void visitorIsPresentedWithTheCertificateForTheName() throws Exception {
    assertThat(presented("a.example.test")).isEqualTo(exact.certificate());
    assertThat(presented("A.Example.TEST")).isEqualTo(exact.certificate());
    assertThat(presented("b.example.test")).isEqualTo(wildcard.certificate());
    assertThat(presented("default.test")).isEqualTo(standard.certificate());
  }

  @Test
  void unknownNameAndNoNameArePresentedWithTheDefault() throws Exception {
    assertThat(presented("c.b.example.test")).isEqualTo(standard.certificate());
    assertThat(presented("example.test")).isEqualTo(standard.certificate());
    assertThat(presented(null)).isEqualTo(standard.certificate());
  }

  @Test
  void renewedCertificateIsPresentedToTheNextVisitor() throws Exception {
    assertThat(presented("a.example.test")).isEqualTo(exact.certificate());
    KeyAndChain renewed = certificate("a.example.test");

    store.adopt(renewed);
    store.sweep();
    store.sweep();

    assertThat(presented("a.example.test")).isEqualTo(renewed.certificate());
  }

  @Test
  void clientThatTrustsAnAuthorityIsPresentedWithTheCertificateForTheName(@TempDir Path directory)
      throws Exception {
    DevAuthority authority = DevAuthority.loadOrCreate(directory);
    store.adopt(authority.issue(List.of("tunnel.test")));
    try (ClientTls client =
        ClientTls.tunnel(
            new Trust.AuthorityFile(authority.certificateFile()), TlsProvider.preferred())) {
      CompletableFuture<SslHandler> dialled = new CompletableFuture<>();
      loopback.connect(
          port,
          channel ->
              dialled.complete(
                  loopback.add(channel, client.newHandler(channel.alloc(), "tunnel.test", port))));
      SslHandler handler = dialled.get(20, TimeUnit.SECONDS);

      assertThat(Loopback.failure(handler.handshakeFuture())).isNull();
      assertThat(TunnelProtocol.isNegotiated(handler)).isTrue();
    }
  }

  @Test
  void tenThousandCertificatesAreAllSelectable() throws Exception {
    KeyPair keys = SelfSigned.ecKeys();
    Instant begin = Instant.now().minus(Duration.ofHours(1));
    for (int i = 0; i < MANY; i++) {
      store.adopt(
          SelfSigned.keyAndChain(keys, begin, begin.plus(Duration.ofDays(1)), i + ".many.test"));
    }

    assertThat(store.size()).isEqualTo(MANY + 3);
    assertThat(store.contexts()).isZero();
    for (int i = 0; i < MANY; i++) {
      KeyAndChain found = store.find(i + ".many.test");
      assertThat(found).isNotNull();
      assertThat(found.names()).containsExactly(i + ".many.test");
    }
    for (int i = 0; i < MANY; i += MANY / 5) {
      String name = i + ".many.test";
      assertThat(HostNames.of((X509Certificate) presented(name))).containsExactly(name);
    }
    assertThat(store.contexts()).isEqualTo(5);
    for (int i = 0; i < MANY; i++) {
      assertThat(store.https(i + ".many.test")).isNotNull();
    }
    assertThat(store.contexts()).isEqualTo(MANY);
    store.sweep();
    assertThat(store.contexts()).isEqualTo(CertificateStore.MAX_CONTEXTS);
    assertThat(presented("0.many.test")).isNotNull();
  }
}
