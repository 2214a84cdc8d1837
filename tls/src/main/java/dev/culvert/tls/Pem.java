package dev.culvert.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Reads and writes keys and certificates in PEM. A file may hold both; each reader passes over what
 * it was not asked for. Errors are {@link IOException}s that name the file and the remedy.
 */
final class Pem {
  private Pem() {}

  /** All certificates of the file, in its order; never none. */
  static List<X509Certificate> readCertificates(Path file) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
    for (Object part : parts(file)) {
      if (part instanceof X509CertificateHolder holder) {
        try {
          certificates.add(converter.getCertificate(holder));
        } catch (CertificateException e) {
          throw new IOException(file + ": holds a certificate that cannot be read", e);
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new IOException(
          file + ": holds no certificate (expected: PEM with a BEGIN CERTIFICATE line)");
    }
    return List.copyOf(certificates);
  }

  /** The first private key of the file: PKCS#8, or OpenSSL's traditional form of EC and RSA. */
  static PrivateKey readPrivateKey(Path file) throws IOException {
    for (Object part : parts(file)) {
      switch (part) {
        case PrivateKeyInfo info -> {
          return toJdk(file, info);
        }
        case PEMKeyPair pair -> {
          return toJdk(file, pair.getPrivateKeyInfo());
        }
        case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
            throw new IOException(
                file
                    + ": the private key is encrypted; store it without a passphrase (openssl pkey"
                    + " -in ENCRYPTED -out PLAIN) in a file that only its owner can read");
        default -> {}
      }
    }
    throw new IOException(
        file + ": holds no private key (expected: PEM with a BEGIN PRIVATE KEY line)");
  }

  /** The first public key of the file, of ECDSA. */
  static PublicKey readPublicKey(Path file) throws IOException {
    for (Object part : parts(file)) {
      if (part instanceof SubjectPublicKeyInfo info) {
        try {
          return KeyFactory.getInstance("EC")
              .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException e) {
          throw new IOException(file + ": holds a public key that cannot be read", e);
        }
      }
    }
    throw new IOException(
        file + ": holds no public key (expected: PEM with a BEGIN PUBLIC KEY line)");
  }

  static byte[] encode(PrivateKey key) throws IOException {
    return write(List.of(new PemObject("PRIVATE KEY", key.getEncoded())));
  }

  static byte[] encode(PublicKey key) throws IOException {
    return write(List.of(new PemObject("PUBLIC KEY", key.getEncoded())));
  }

  static byte[] encode(List<X509Certificate> chain) throws IOException {
    List<PemObject> objects = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      try {
        objects.add(new PemObject("CERTIFICATE", certificate.getEncoded()));
      } catch (CertificateException e) {
        throw new IOException("the certificate cannot be encoded", e);
      }
    }
    return write(objects);
  }

  private static byte[] write(List<PemObject> objects) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      for (PemObject object : objects) {
        writer.writeObject(object);
      }
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static List<Object> parts(Path file) throws IOException {
    try (PEMParser parser =
        new PEMParser(Files.newBufferedReader(file, StandardCharsets.ISO_8859_1))) {
      List<Object> parts = new ArrayList<>();
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        parts.add(part);
      }
      return parts;
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": may not be read by the user that runs this program", e);
    } catch (PEMException | RuntimeException e) {
      throw new IOException(file + ": is not valid PEM; copy or create the file anew", e);
    } catch (IOException e) {
      throw new IOException(file + ": is cut short or cannot be read: " + e.getMessage(), e);
    }
  }

  /** Bouncy Castle's own converter asks for "ECDSA" keys, a name that JDK providers lack. */
  private static PrivateKey toJdk(Path file, PrivateKeyInfo info) throws IOException {
    ASN1ObjectIdentifier kind = info.getPrivateKeyAlgorithm().getAlgorithm();
    String algorithm;
    if (kind.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      algorithm = "EC";
    } else if (kind.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      algorithm = "RSA";
    } else {
      throw new IOException(
          file
              + ": the private key is of a kind that TLS cannot use here ("
              + kind
              + "); create an ECDSA P-256 or RSA key");
    }
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException(
          file + ": the " + algorithm + " key cannot be used; create an ECDSA P-256 or RSA key", e);
    }
  }
}
