package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.ServerConfig.CertificateFiles;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.Trust;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a certificate of the operator's, and everyone verifying it as they should. */
@Timeout(60)
final class OwnCertificateTest {
  @TempDir private Path state;
  @TempDir private Path authorityDirectory;
  private Path authority;
  private Tunnel tunnel;
  private SampleApp app;

  @BeforeEach
  void start() throws Exception {
    DevAuthority issuer = DevAuthority.loadOrCreate(authorityDirectory);
    authority = issuer.certificateFile();
    CertificateFiles files =
        new CertificateFiles(
            authorityDirectory.resolve("chain.pem"), authorityDirectory.resolve("key.pem"));
    issuer
        .issue(List.of("tunnel.localhost", "*.tunnel.localhost"))
        .write(files.chain(), files.key());
    tunnel =
        Tunnel.start(
            ServerConfig.local(state)
                .withDomain("tunnel.localhost")
                .withAddresses(Tunnel.ANY_PORT, null)
                .withHttps(Tunnel.ANY_PORT)
                .withCertificates(files, null));
    app = SampleApp.start(Tunnel.ANY_PORT);
  }

  @AfterEach
  void stop() {
    tunnel.close();
    app.close();
  }

  private ClientConfig config(String host, int port, Trust trust) throws Exception {
    return new ClientConfig(
        host,
        port,
        trust,
        tunnel.newToken(),
        ClientConfig.newInstance(),
        List.of(Tunnel.http(app.address().getPort())));
  }

  @Test
  void aClientThatTrustsTheAuthorityIsServedOnBothPorts() throws Exception {
    for (int port :
        List.of(
            tunnel.server().tunnelAddress().getPort(), tunnel.server().httpsAddress().getPort())) {
      Client client =
          tunnel.start(config("tunnel.localhost", port, new Trust.AuthorityFile(authority)));
      client.awaitOpened(1);

      assertThat(get(client)).isEqualTo("verified");
    }
  }

  /** As a visitor that trusts the authority and nobody else, and checks the host's name. */
  private String get(Client client) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(authority)) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    try (HttpClient visitor = HttpClient.newBuilder().sslContext(tls).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(client.https().resolve("/echo?text=verified")).build();
      return visitor.send(request, BodyHandlers.ofString()).body();
    }
  }

  @Test
  void aClientThatTrustsOthersOnlyIsNotServed(@TempDir Path elsewhere) throws Exception {
    int port = tunnel.server().tunnelAddress().getPort();
    Trust others = new Trust.AuthorityFile(DevAuthority.loadOrCreate(elsewhere).certificateFile());

    Client client = tunnel.start(config("tunnel.localhost", port, others));

    assertThat(client.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNTRUSTED);
  }

  @Test
  void aClientThatExpectsAnotherNameIsNotServed() throws Exception {
    int port = tunnel.server().tunnelAddress().getPort();

    Client client =
        tunnel.start(config("other.localhost", port, new Trust.AuthorityFile(authority)));

    assertThat(client.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNTRUSTED);
  }

  @Test
  void aClientThatTrustsTheSystemsAuthoritiesIsNotServed() throws Exception {
    int port = tunnel.server().tunnelAddress().getPort();

    Client client = tunnel.start(config("tunnel.localhost", port, new Trust.SystemAuthorities()));

    assertThat(client.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNTRUSTED);
  }

  @Test
  void aClientThatPinsIsServedUnderAnyName() throws Exception {
    int port = tunnel.server().tunnelAddress().getPort();

    Client client = tunnel.start(config("127.0.0.1", port, Trust.pinned(tunnel.server().pin())));

    client.awaitOpened(1);
    assertThat(client.https().getHost()).endsWith(".tunnel.localhost");
  }
}
