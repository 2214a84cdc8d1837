package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpsHandshakeTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "BORINGSSL, TLSv1.2", "BORINGSSL, TLSv1.3",
    "JDK, TLSv1.2", "JDK, TLSv1.3"
  })
  void ecdsaCertificateServesHttp2(TlsProvider server, String version) throws Exception {
    DevAuthority authority = DevAuthority.loadOrCreate(directory);

    assertServesHttp2(
        authority.issue(List.of("a.example.test")),
        Pem.readCertificates(authority.certificateFile()).getFirst(),
        server,
        version);
  }

  @ParameterizedTest
  @CsvSource({
    "BORINGSSL, TLSv1.2", "BORINGSSL, TLSv1.3",
    "JDK, TLSv1.2", "JDK, TLSv1.3"
  })
  void rsaCertificateServesHttp2(TlsProvider server, String version) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    X509Certificate certificate = SelfSigned.certificate(keys, "SHA256withRSA", "a.example.test");

    assertServesHttp2(
        new KeyAndChain(keys.getPrivate(), List.of(certificate)), certificate, server, version);
  }

  private static void assertServesHttp2(
      KeyAndChain keyAndChain, X509Certificate trusted, TlsProvider server, String version)
      throws Exception {
    SslContext browser =
        SslContextBuilder.forClient()
            .sslProvider(TlsProvider.JDK.netty())
            .protocols(version)
            .trustManager(trusted)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    "http/1.1",
                    "h2"))
            .build();
    try (ServerTls serverTls = ServerTls.https(keyAndChain, server);
        Loopback loopback = new Loopback()) {
      Loopback.Ends ends =
          loopback.handshake(
              serverTls::newHandler, alloc -> browser.newHandler(alloc, "a.example.test", 443));

      assertThat(ends.clientFailure()).isNull();
      assertThat(ends.serverFailure()).isNull();
      assertThat(ends.client().applicationProtocol()).isEqualTo("h2");
      assertThat(ends.client().engine().getSession().getProtocol()).isEqualTo(version);
      assertThat(TunnelProtocol.isNegotiated(ends.server())).isFalse();
    } finally {
      ReferenceCountUtil.release(browser);
    }
  }
}
