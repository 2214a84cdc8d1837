package dev.culvert.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Accepts a server by its public key alone; TLS itself proves that the peer holds the private half.
 *
 * <p>A key that was replaced stands for its successor: where the pinned key is not the server's own
 * but that of a later certificate of the chain, each certificate before it must be signed with the
 * key of the next and be valid today ({@link Identity}). Keys of certificate authorities do not
 * count: they vouch for others than the server.
 */
final class PinTrustManager extends X509ExtendedTrustManager {
  /** What {@link X509Certificate#getBasicConstraints} says of one that may sign no others. */
  private static final int NO_AUTHORITY = -1;

  private final List<byte[]> digests;
  private final InstantSource clock;

  PinTrustManager(Collection<String> pins, InstantSource clock) {
    this.digests = pins.stream().map(SpkiPin::parse).toList();
    this.clock = clock;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    var _ = pinnedIn(chain);
  }

  /** For a chain that is trusted; null where the server's own key is a pinned one. */
  @Nullable PinReplacement replacement(X509Certificate[] chain) throws CertificateException {
    int pinned = pinnedIn(chain);
    return Arrays.stream(chain, 0, pinned)
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .map(until -> new PinReplacement(SpkiPin.of(chain[0]), until))
        .orElse(null);
  }

  /** Where in the chain the pinned key is. */
  private int pinnedIn(X509Certificate[] chain) throws CertificateException {
    int pinned = 0;
    while (!isPinned(chain[pinned])) {
      pinned++;
      if (pinned == Math.min(chain.length, 1 + Identity.MAX_FORMER)
          || !isSuccessor(chain[pinned - 1], chain[pinned])) {
        throw new CertificateException(
            "the server's key is "
                + SpkiPin.of(chain[0])
                + ", which is not a pinned one: either this is another server, or its key was"
                + " replaced; compare with the pin that the server prints");
      }
    }
    return pinned;
  }

  private boolean isPinned(X509Certificate certificate) {
    byte[] presented = SpkiPin.digest(certificate);
    boolean pinned = false;
    for (byte[] digest : digests) {
      pinned |= MessageDigest.isEqual(digest, presented);
    }
    return pinned;
  }

  private boolean isSuccessor(X509Certificate certificate, X509Certificate former) {
    try {
      certificate.checkValidity(Date.from(clock.instant()));
      certificate.verify(former.getPublicKey());
      return former.getBasicConstraints() == NO_AUTHORITY;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("pins are for servers");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
