package dev.culvert.server.acme;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.provider.GenericAcmeProvider;

/** How acme4j speaks to the authority: with the given trust, or that of Java. */
final class CaProvider extends GenericAcmeProvider {
  private final @Nullable SSLContext tls;

  private CaProvider(@Nullable SSLContext tls) {
    this.tls = tls;
  }

  /**
   * A provider that trusts the certificates in {@code authorities} and nobody else; those that Java
   * trusts where that is null. An {@link IOException} names the file.
   */
  static CaProvider open(@Nullable Path authorities) throws IOException {
    return new CaProvider(authorities == null ? null : trusting(authorities));
  }

  private static SSLContext trusting(Path authorities) throws IOException {
    try (InputStream pem = Files.newInputStream(authorities)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry("authority-" + trusted.size(), certificate);
      }
      if (trusted.size() == 0) {
        throw new IOException(authorities + ": holds no certificate");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IOException(authorities + ": holds no certificates that can be read", e);
    }
  }

  @Override
  public HttpClient createHttpClient(NetworkSettings settings) {
    if (tls == null) {
      return super.createHttpClient(settings);
    }
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL)
        .connectTimeout(settings.getTimeout())
        .proxy(settings.getProxySelector())
        .sslContext(tls)
        .build();
  }
}
