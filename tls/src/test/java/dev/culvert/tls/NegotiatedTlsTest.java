package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What each end says was agreed on, beside what stood on the wire. */
final class NegotiatedTlsTest {
  @TempDir private Path directory;
  private Identity identity;

  private record Seen(NegotiatedTls client, NegotiatedTls server, int onTheWire) {}

  @BeforeEach
  void createIdentity() throws Exception {
    identity = Identity.loadOrCreate(directory);
  }

  @Test
  void boringSslAtBothEndsIsPostQuantum() throws Exception {
    Seen seen = handshake(TlsProvider.BORINGSSL, TlsProvider.BORINGSSL);

    assertThat(seen.onTheWire).isEqualTo(ServerHelloTap.X25519MLKEM768);
    assertThat(seen.client).isEqualTo(seen.server);
    assertThat(seen.client.group()).isEqualTo("X25519MLKEM768");
    assertThat(seen.client.version()).isEqualTo("TLSv1.3");
    assertThat(seen.client.cipherSuite()).startsWith("TLS_AES_");
    assertThat(seen.client).hasToString("TLSv1.3, X25519MLKEM768");
  }

  @ParameterizedTest
  @CsvSource({"JDK, BORINGSSL", "BORINGSSL, JDK", "JDK, JDK"})
  void jdkAtOneEndIsX25519AtBoth(TlsProvider server, TlsProvider client) throws Exception {
    Seen seen = handshake(server, client);

    assertThat(seen.onTheWire).isEqualTo(ServerHelloTap.X25519);
    assertThat(seen.client).isEqualTo(seen.server);
    assertThat(seen.client).hasToString("TLSv1.3, X25519");
  }

  @Test
  void jdkClientThatIsAskedForAnotherGroupNamesThatOne() throws Exception {
    SslContext p384 =
        SslContextBuilder.forServer(new SingleKeyManager(identity.keyAndChain(Instant.now())))
            .sslProvider(TlsProvider.BORINGSSL.netty())
            .protocols("TLSv1.3")
            .option(OpenSslContextOption.GROUPS, new String[] {"P-384"})
            .build();
    try (ClientTls client = ClientTls.tunnel(Trust.pinned(identity.pin()), TlsProvider.JDK)) {
      Seen seen = handshake(p384::newHandler, alloc -> client.newHandler(alloc, "localhost", 443));

      assertThat(seen.client.group()).isEqualTo(seen.server.group()).isEqualTo("P-384");
    } finally {
      ReferenceCountUtil.release(p384);
    }
  }

  @Test
  void jdkServerThatAsksForAnotherGroupNamesThatOne() throws Exception {
    SslContext hybridOrP256 =
        SslContextBuilder.forClient()
            .sslProvider(TlsProvider.BORINGSSL.netty())
            .protocols("TLSv1.3")
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768", "P-256"})
            .build();
    try (ServerTls server =
        ServerTls.tunnel(identity.keyAndChain(Instant.now()), TlsProvider.JDK)) {
      Seen seen = handshake(server::newHandler, hybridOrP256::newHandler);

      assertThat(seen.client.group()).isEqualTo(seen.server.group()).isEqualTo("P-256");
    } finally {
      ReferenceCountUtil.release(hybridOrP256);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingStandsBeforeTlsBehindTheHandshake(TlsProvider provider) throws Exception {
    CompletableFuture<Channel> connection = new CompletableFuture<>();
    try (ServerTls server = ServerTls.tunnel(identity.keyAndChain(Instant.now()), provider);
        ClientTls client = ClientTls.tunnel(Trust.pinned(identity.pin()), provider);
        Loopback loopback = new Loopback()) {
      Loopback.Ends ends =
          loopback.handshake(
              server::newHandler,
              alloc -> client.newHandler(alloc, "localhost", 443),
              connection::complete);

      assertThat(ends.succeeded()).isTrue();
      assertThat(connection.join().pipeline().first()).isSameAs(ends.client());
    }
  }

  @Test
  void connectionWithoutTlsSaysSo() {
    EmbeddedChannel plain = new EmbeddedChannel();

    assertThat(NegotiatedTls.of(plain)).isEqualTo(NegotiatedTls.NONE);
    plain.finishAndReleaseAll();
  }

  private Seen handshake(TlsProvider serving, TlsProvider dialling) throws Exception {
    try (ServerTls server = ServerTls.tunnel(identity.keyAndChain(Instant.now()), serving);
        ClientTls client = ClientTls.tunnel(Trust.pinned(identity.pin()), dialling)) {
      return handshake(server::newHandler, alloc -> client.newHandler(alloc, "localhost", 443));
    }
  }

  private static Seen handshake(
      Function<ByteBufAllocator, SslHandler> server, Function<ByteBufAllocator, SslHandler> client)
      throws Exception {
    ServerHelloTap tap = new ServerHelloTap();
    try (Loopback loopback = new Loopback()) {
      Loopback.Ends ends =
          loopback.handshake(server, client, channel -> channel.pipeline().addFirst(tap));
      assertThat(ends.clientFailure()).isNull();
      assertThat(ends.serverFailure()).isNull();
      return new Seen(
          NegotiatedTls.of(ends.client()), NegotiatedTls.of(ends.server()), tap.group());
    }
  }
}
