package dev.culvert.tls;

import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * The answer to an authority that asks over TLS whether a host name is ours: a certificate signed
 * by itself, that nobody trusts and that holds what the authority asked for (RFC 8737). Any thread.
 */
public final class AlpnChallenge {
  /** What the authority offers by ALPN, and nothing beside it. */
  public static final String ALPN = "acme-tls/1";

  private static final ASN1ObjectIdentifier IDENTIFIER =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);
  private static final Duration VALIDITY = Duration.ofDays(7);

  private AlpnChallenge() {}

  /** Whether a client asks for such an answer. */
  public static boolean isAskedBy(ClientHello hello) {
    return hello.applicationProtocols().size() == 1
        && hello.applicationProtocols().getFirst().equals(ALPN);
  }

  /**
   * The TLS that answers for {@code host}.
   *
   * @param digest the SHA-256 of the key authorization, 32 bytes
   */
  public static ServerTls tls(String host, byte[] digest) throws SSLException {
    return ServerTls.challenge(certificate(host, digest));
  }

  static KeyAndChain certificate(String host, byte[] digest) {
    Instant now = Instant.now();
    return new NewCertificate("ACME challenge", now.minus(CLOCK_SKEW), now.plus(VALIDITY))
        .withCritical(Extension.basicConstraints, new BasicConstraints(false))
        .withCritical(IDENTIFIER, new DEROctetString(digest))
        .with(
            Extension.subjectAlternativeName,
            new GeneralNames(new GeneralName(GeneralName.dNSName, host)))
        .selfSigned();
  }
}
