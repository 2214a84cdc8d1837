package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * Who a server is to the clients that pinned it: a key, and a self-signed certificate to carry it.
 * The certificate names no host; only a pin makes it trusted.
 */
public final class Identity {
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);

  /** The date that RFC 5280, section 4.1.2.5, gives to certificates without an end. */
  private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  private final KeyAndChain keyAndChain;

  private Identity(KeyAndChain keyAndChain) {
    this.keyAndChain = keyAndChain;
  }

  /**
   * Reads {@code identity-key.pem} and {@code identity-cert.pem}, or makes both when there is
   * neither. A key that others may read, or one file without the other, is an {@link IOException}
   * that names the remedy. One process at a time.
   */
  public static Identity loadOrCreate(Path directory) throws IOException {
    KeyFiles files =
        new KeyFiles(
            directory,
            directory.resolve("identity-cert.pem"),
            directory.resolve("identity-key.pem"));
    return new Identity(files.loadOrCreate(Identity::create));
  }

  public KeyAndChain keyAndChain() {
    return keyAndChain;
  }

  /** What clients pin: {@code sha256/} and 44 base64 characters. The same for the key's life. */
  public String pin() {
    return SpkiPin.of(keyAndChain.certificate());
  }

  private static KeyAndChain create() {
    return new NewCertificate("Culvert server", Instant.now().minus(CLOCK_SKEW), NO_END)
        .withCritical(Extension.basicConstraints, new BasicConstraints(false))
        .withCritical(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature))
        .with(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
        .selfSigned();
  }
}
