package dev.culvert.tls;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates for keys that Culvert itself does not make. */
final class SelfSigned {
  private SelfSigned() {}

  static X509Certificate certificate(KeyPair keys, String signature, String host) throws Exception {
    Instant now = Instant.now();
    return certificate(
        keys, signature, now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)), host);
  }

  /** A P-256 key and its certificate, whose names are written as they are given. */
  static KeyAndChain keyAndChain(KeyPair keys, Instant begin, Instant end, String... hosts)
      throws Exception {
    return new KeyAndChain(
        keys.getPrivate(), List.of(certificate(keys, "SHA256withECDSA", begin, end, hosts)));
  }

  static KeyPair ecKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(
      KeyPair keys, String signature, Instant begin, Instant end, String... hosts)
      throws Exception {
    X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, hosts[0]).build();
    GeneralName[] names =
        Arrays.stream(hosts)
            .map(host -> new GeneralName(GeneralName.dNSName, new DERIA5String(host)))
            .toArray(GeneralName[]::new);
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name, BigInteger.ONE, Date.from(begin), Date.from(end), name, keys.getPublic())
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
                .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate())));
  }
}
