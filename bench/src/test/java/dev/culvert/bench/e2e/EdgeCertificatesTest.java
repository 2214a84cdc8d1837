package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.client.ClientConfig;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.ServerConfig.CertificateFiles;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.Trust;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with certificates for several names, laid out as certbot lays them out. */
@Timeout(60)
final class EdgeCertificatesTest {
  @TempDir private Path state;
  @TempDir private Path certificates;
  @TempDir private Path archive;
  private DevAuthority authority;
  private KeyAndChain standard;
  private KeyAndChain shop;
  private Tunnel tunnel;

  @BeforeEach
  void start() throws Exception {
    authority = DevAuthority.loadOrCreate(archive.resolve("authority"));
    CertificateFiles files =
        new CertificateFiles(archive.resolve("chain.pem"), archive.resolve("key.pem"));
    standard = authority.issue(List.of("tunnel.localhost", "*.tunnel.localhost"));
    standard.write(files.chain(), files.key());
    shop = authority.issue(List.of("shop.localhost", "*.shop.localhost"));
    lineage("shop.localhost", shop, 1);
    tunnel =
        Tunnel.start(
            ServerConfig.local(state)
                .withDomain("tunnel.localhost")
                .withAddresses(Tunnel.ANY_PORT, null)
                .withHttps(Tunnel.ANY_PORT)
                .withCertificates(files, certificates));
  }

  @AfterEach
  void stop() {
    tunnel.close();
  }

  /** Links to files of a version, replaced one after the other. */
  private void lineage(String name, KeyAndChain content, int version) throws IOException {
    Path live = certificates.resolve(name);
    Path chain = archive.resolve(name + ".fullchain" + version + ".pem");
    Path key = archive.resolve(name + ".privkey" + version + ".pem");
    content.write(chain, key);
    Files.createDirectories(live);
    link(live.resolve("fullchain.pem"), chain);
    link(live.resolve("privkey.pem"), key);
  }

  private static void link(Path link, Path target) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, target);
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), tunnel.server().httpsAddress().getPort());
  }

  /** The certificate that a visitor is presented with who asks for {@code name}. */
  private Certificate presented(String name) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.connect(address(), 20_000);
      socket.setSoTimeout(20_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static Certificate of(KeyAndChain content) {
    return content.chain().getFirst();
  }

  @Test
  void eachNameHasItsCertificate() throws Exception {
    assertThat(presented("any.tunnel.localhost")).isEqualTo(of(standard));
    assertThat(presented("shop.localhost")).isEqualTo(of(shop));
    assertThat(presented("a.shop.localhost")).isEqualTo(of(shop));
    assertThat(presented("unknown.localhost")).isEqualTo(of(standard));
  }

  @Test
  void renewalOfALinkedPairIsPresentedWithoutARestart() throws Exception {
    KeyAndChain renewed = authority.issue(List.of("shop.localhost"));
    assertThat(presented("shop.localhost")).isEqualTo(of(shop));

    lineage("shop.localhost", renewed, 2);

    awaitPresented("shop.localhost", renewed);
    assertThat(presented("a.shop.localhost")).isEqualTo(of(standard));
  }

  @Test
  void pairThatComesLaterIsPresentedAndABadOneHoldsNothingUp() throws Exception {
    KeyAndChain late = authority.issue(List.of("late.localhost"));
    Files.writeString(certificates.resolve("bad.pem"), "no PEM at all");
    link(certificates.resolve("shop.localhost").resolve("privkey.pem"), state.resolve("nowhere"));

    late.write(certificates.resolve("late.pem"));

    awaitPresented("late.localhost", late);
    assertThat(presented("shop.localhost")).isEqualTo(of(shop));
  }

  private void awaitPresented(String name, KeyAndChain content) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!presented(name).equals(of(content))) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  @Test
  void clientThatTrustsTheAuthorityIsServedUnderANameOfTheDirectory() throws Exception {
    Client client =
        tunnel.start(
            new ClientConfig(
                "shop.localhost",
                tunnel.server().tunnelAddress().getPort(),
                new Trust.AuthorityFile(authority.certificateFile()),
                tunnel.newToken(),
                ClientConfig.newInstance(),
                List.of(Tunnel.http(1))));

    client.awaitOpened(1);
    assertThat(client.https().getHost()).endsWith(".tunnel.localhost");
  }

  @Test
  void opensslVerifiesTheCertificateOfEachName() throws Exception {
    for (String name : List.of("any.tunnel.localhost", "shop.localhost")) {
      assertThat(openssl(name)).as(name).contains("Verify return code: 0 (ok)");
    }
    assertThat(openssl("unknown.localhost")).contains("hostname mismatch");
  }

  private String openssl(String name) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "openssl",
                  "s_client",
                  "-connect",
                  "127.0.0.1:" + address().getPort(),
                  "-servername",
                  name,
                  "-verify_hostname",
                  name,
                  "-CAfile",
                  authority.certificateFile().toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeTrue(System.getenv("CI") != null, "openssl is not installed");
      throw e;
    }
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
