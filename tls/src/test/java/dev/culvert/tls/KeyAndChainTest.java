package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyAndChainTest {
  @TempDir Path directory;
  private Path certificatePem;
  private Path keyPem;

  @BeforeEach
  void nameFiles() {
    certificatePem = directory.resolve("cert.pem");
    keyPem = directory.resolve("key.pem");
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    KeyAndChain written = ecdsa();

    written.write(certificatePem, keyPem);

    KeyAndChain read = KeyAndChain.read(certificatePem, keyPem);
    assertThat(read.chain()).isEqualTo(written.chain());
    assertThat(read.key()).isEqualTo(written.key());
    assertThat(keyPem).content().startsWith("-----BEGIN PRIVATE KEY-----");
  }

  @Test
  void keyAndChainMayShareAFile() throws Exception {
    KeyAndChain written = ecdsa();
    written.write(certificatePem, keyPem);
    Path both = directory.resolve("both.pem");
    Files.writeString(both, Files.readString(keyPem) + Files.readString(certificatePem));

    assertThat(KeyAndChain.read(both, both)).isEqualTo(written);
  }

  @Test
  void damageIsToldWithoutWhatTheFileHolds() throws Exception {
    ecdsa().write(certificatePem, keyPem);
    String sound = Files.readString(keyPem);
    String body = sound.lines().skip(1).findFirst().orElseThrow();
    int refused = 0;
    for (int at = 0; at < sound.length(); at++) {
      for (String damage : List.of("", "!", "-", "A", "\n", "\u00e9")) {
        String rest = damage.isEmpty() ? "" : sound.substring(at + 1);
        Files.writeString(keyPem, sound.substring(0, at) + damage + rest);

        try {
          KeyAndChain.read(certificatePem, keyPem);
        } catch (IOException e) {
          refused++;
          StringWriter trace = new StringWriter();
          e.printStackTrace(new PrintWriter(trace));
          for (int i = 0; i + 10 <= body.length(); i += 10) {
            assertThat(trace.toString()).doesNotContain(body.substring(i, i + 10));
          }
        }
      }
    }
    assertThat(refused).isGreaterThan(sound.length());
  }

  @Test
  void traditionalEcKeyIsRead() throws Exception {
    KeyAndChain written = ecdsa();
    written.write(certificatePem, keyPem);
    var scalar = ((java.security.interfaces.ECPrivateKey) written.key()).getS();
    writePem(
        new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()),
        new PemObject(
            "EC PRIVATE KEY",
            new ECPrivateKey(256, scalar, SECObjectIdentifiers.secp256r1).getEncoded()));

    KeyAndChain read = KeyAndChain.read(certificatePem, keyPem);
    assertThat(((java.security.interfaces.ECPrivateKey) read.key()).getS()).isEqualTo(scalar);
  }

  @Test
  void traditionalRsaKeyIsRead() throws Exception {
    KeyAndChain written = rsa();
    written.write(certificatePem, keyPem);
    writePem(
        new PemObject(
            "RSA PRIVATE KEY",
            PrivateKeyInfo.getInstance(written.key().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded()));

    assertThat(KeyAndChain.read(certificatePem, keyPem)).isEqualTo(written);
  }

  @Test
  void keyOfAnotherCertificateIsRefused() throws Exception {
    rsa().write(certificatePem, keyPem);
    PrivateKey otherRsa = rsa().key();
    PrivateKey otherKind = ecdsa().key();

    for (PrivateKey other : List.of(otherRsa, otherKind)) {
      PrivateFile.write(keyPem, Pem.encode(other));
      assertThatIOException()
          .isThrownBy(() -> KeyAndChain.read(certificatePem, keyPem))
          .withMessageContaining("cert.pem")
          .withMessageContaining("key.pem")
          .withMessageContaining("does not belong to the first certificate");
    }
  }

  @Test
  void emptyChainIsRefused() throws Exception {
    PrivateKey key = ecdsa().key();

    assertThatIllegalArgumentException().isThrownBy(() -> new KeyAndChain(key, List.of()));
  }

  @Test
  void encryptedKeyIsRefusedWithTheRemedy() throws Exception {
    ecdsa().write(certificatePem, keyPem);
    var cipher = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2);
    writePem(
        new PemObject(
            "ENCRYPTED PRIVATE KEY",
            new EncryptedPrivateKeyInfo(cipher, new byte[64]).getEncoded()));

    assertThatIOException()
        .isThrownBy(() -> KeyAndChain.read(certificatePem, keyPem))
        .withMessageContaining("key.pem: the private key is encrypted")
        .withMessageContaining("openssl pkey");
  }

  @Test
  void keyThatBoringSslCannotUseIsRefused() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    PrivateFile.write(certificatePem, Pem.encode(ecdsa().chain()));
    PrivateFile.write(keyPem, Pem.encode(keys.getPrivate()));

    assertThatIOException()
        .isThrownBy(() -> KeyAndChain.read(certificatePem, keyPem))
        .withMessageContaining("key.pem")
        .withMessageContaining("create an ECDSA P-256 or RSA key");
  }

  @Test
  void fileWithoutWhatIsWantedIsNamed() throws Exception {
    ecdsa().write(certificatePem, keyPem);

    assertThatIOException()
        .isThrownBy(() -> KeyAndChain.read(keyPem, certificatePem))
        .withMessageContaining("key.pem: holds no certificate");
    assertThatIOException()
        .isThrownBy(() -> KeyAndChain.read(certificatePem, certificatePem))
        .withMessageContaining("cert.pem: holds no private key");
    assertThatIOException()
        .isThrownBy(() -> KeyAndChain.read(certificatePem, directory.resolve("gone.pem")))
        .withMessageContaining("gone.pem: there is no such file");
  }

  @Test
  void pemThatWasCutShortIsNamed() throws Exception {
    ecdsa().write(certificatePem, keyPem);
    Files.writeString(certificatePem, Files.readString(certificatePem).substring(0, 200));

    assertThatIOException()
        .isThrownBy(() -> KeyAndChain.read(certificatePem, keyPem))
        .withMessageContaining("cert.pem: is cut short");
  }

  @Test
  void damagedPemIsNamed() throws Exception {
    ecdsa().write(certificatePem, keyPem);
    Files.writeString(keyPem, "-----BEGIN PRIVATE KEY-----\nMAIB\n-----END PRIVATE KEY-----\n");

    assertThatIOException()
        .isThrownBy(() -> KeyAndChain.read(certificatePem, keyPem))
        .withMessageContaining("key.pem: is not valid PEM");
  }

  @Test
  void keyIsNotPrinted() throws Exception {
    assertThat(rsa()).hasToString("KeyAndChain[CN=a.example.test]");
  }

  private void writePem(PemObject... objects) throws Exception {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      for (PemObject object : objects) {
        writer.writeObject(object);
      }
    }
    Files.writeString(keyPem, text.toString());
  }

  private static KeyAndChain ecdsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return selfSigned(generator.generateKeyPair(), "SHA256withECDSA");
  }

  private static KeyAndChain rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return selfSigned(generator.generateKeyPair(), "SHA256withRSA");
  }

  private static KeyAndChain selfSigned(KeyPair keys, String signature) throws Exception {
    X509Certificate certificate = SelfSigned.certificate(keys, signature, "a.example.test");
    return new KeyAndChain(keys.getPrivate(), List.of(certificate));
  }
}
