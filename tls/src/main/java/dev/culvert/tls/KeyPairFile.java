package dev.culvert.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/**
 * A key pair without a certificate, kept in a PEM file: the private key, then the public one, which
 * the private key's own format leaves out. Any thread.
 */
public final class KeyPairFile {
  private KeyPairFile() {}

  /** A new key pair for ECDSA with P-256. */
  public static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make an ECDSA P-256 key", e);
    }
  }

  /** Replaces the file whole; it is readable by its owner only. */
  public static void write(Path pem, KeyPair keys) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(Pem.encode(keys.getPrivate()));
    bytes.write(Pem.encode(keys.getPublic()));
    PrivateFile.write(pem, bytes.toByteArray());
  }

  /** An {@link IOException} names the file and the remedy, where others may read it too. */
  public static KeyPair read(Path pem) throws IOException {
    PrivateFile.requirePrivate(pem);
    return new KeyPair(Pem.readPublicKey(pem), Pem.readPrivateKey(pem));
  }
}
