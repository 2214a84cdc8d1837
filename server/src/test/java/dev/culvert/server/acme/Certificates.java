package dev.culvert.server.acme;

import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.KeyPairFile;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates as an authority would issue them. */
final class Certificates {
  private Certificates() {}

  static KeyAndChain of(String host, Instant begin, Duration lifetime, long serial)
      throws Exception {
    KeyPair keys = KeyPairFile.generate();
    X500Name name = new X500Name("CN=" + host);
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(serial),
            Date.from(begin),
            Date.from(begin.plus(lifetime)),
            name,
            keys.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
    return new KeyAndChain(
        keys.getPrivate(),
        List.of(
            new JcaX509CertificateConverter()
                .getCertificate(
                    builder.build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())))));
  }
}
