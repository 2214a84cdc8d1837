package dev.culvert.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * The fingerprint of a public key in text: {@code sha256/} and the base64 of the SHA-256 of its
 * SubjectPublicKeyInfo. It outlives the certificate: a new one for the same key has the same pin.
 */
final class SpkiPin {
  private static final String PREFIX = "sha256/";
  private static final int DIGEST_BYTES = 32;

  private SpkiPin() {}

  static String of(X509Certificate certificate) {
    return PREFIX + Base64.getEncoder().encodeToString(digest(certificate));
  }

  /** The SHA-256 of the certificate's SubjectPublicKeyInfo. */
  static byte[] digest(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
  }

  /** The digest that {@code pin} spells; {@link IllegalArgumentException} if it spells none. */
  static byte[] parse(String pin) {
    if (!pin.startsWith(PREFIX)) {
      throw malformed(pin, "it must begin with sha256/");
    }
    String base64 = pin.substring(PREFIX.length());
    if (base64.length() != 44) {
      throw malformed(pin, base64.length() + " characters follow sha256/");
    }
    byte[] digest;
    try {
      digest = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw malformed(pin, "what follows sha256/ is not base64");
    }
    if (digest.length != DIGEST_BYTES
        || !Base64.getEncoder().encodeToString(digest).equals(base64)) {
      throw malformed(pin, "what follows sha256/ is not the base64 of 32 bytes");
    }
    return digest;
  }

  private static IllegalArgumentException malformed(String pin, String reason) {
    return new IllegalArgumentException(
        "pin "
            + pin
            + ": "
            + reason
            + " (expected: sha256/ and 44 base64 characters; copy the pin that the server prints)");
  }
}
