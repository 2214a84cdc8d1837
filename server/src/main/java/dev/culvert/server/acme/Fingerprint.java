package dev.culvert.server.acme;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/** What tells one certificate from every other. */
final class Fingerprint {
  private Fingerprint() {}

  /** SHA-256 in hex. */
  static String of(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read has no encoding", e);
    }
  }
}
