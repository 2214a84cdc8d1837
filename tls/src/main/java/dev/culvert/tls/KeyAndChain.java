package dev.culvert.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What a TLS server presents: a private key and its certificate, followed by the certificates that
 * lead to an authority. The key is always the first certificate's; {@link IllegalArgumentException}
 * otherwise.
 */
public record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {
  public KeyAndChain {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("chain: empty (expected: at least one certificate)");
    }
    chain = List.copyOf(chain);
    if (!belongTogether(key, chain.getFirst())) {
      throw new IllegalArgumentException(
          "the private key does not belong to the first certificate, that of "
              + chain.getFirst().getSubjectX500Principal());
    }
  }

  /**
   * Reads a key and chain from PEM files, which may be one and the same. The key is EC or RSA, in
   * PKCS#8 or OpenSSL's traditional form. An {@link IOException} names the file and the remedy.
   */
  public static KeyAndChain read(Path certificatePem, Path keyPem) throws IOException {
    List<X509Certificate> chain = Pem.readCertificates(certificatePem);
    PrivateKey key = Pem.readPrivateKey(keyPem);
    try {
      return new KeyAndChain(key, chain);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          keyPem
              + " and "
              + certificatePem
              + ": "
              + e.getMessage()
              + "; name the files of one and the same certificate, its own certificate first",
          e);
    }
  }

  /**
   * Writes the chain, then the key as PKCS#8. Each file is replaced whole and readable by its owner
   * only; the two are not replaced together.
   */
  public void write(Path certificatePem, Path keyPem) throws IOException {
    PrivateFile.write(certificatePem, Pem.encode(chain));
    PrivateFile.write(keyPem, Pem.encode(key));
  }

  /** Writes chain and key into one file, which is replaced whole and readable by its owner only. */
  public void write(Path pem) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(Pem.encode(chain));
    bytes.write(Pem.encode(key));
    PrivateFile.write(pem, bytes.toByteArray());
  }

  /**
   * The host names that the certificate is for, in its order and lower case; a wildcard begins with
   * {@code *.}.
   */
  public Set<String> names() {
    return HostNames.of(certificate());
  }

  /** The first instant at which the certificate is good no longer. */
  public Instant expiresAt() {
    return certificate().getNotAfter().toInstant();
  }

  /** What a client pins: {@code sha256/} and 44 base64 characters. The same for the key's life. */
  public String pin() {
    return SpkiPin.of(certificate());
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Names the certificate and keeps the key to itself. */
  @Override
  public String toString() {
    return "KeyAndChain[" + certificate().getSubjectX500Principal() + "]";
  }

  private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
    if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      byte[] probe = {1, 2, 3, 4};
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
