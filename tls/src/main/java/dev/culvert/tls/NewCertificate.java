package dev.culvert.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate in the making, for an ECDSA P-256 key of its own. One thread, signed once.
 *
 * <p>The JDK's providers do the cryptography, Bouncy Castle does the encoding.
 */
final class NewCertificate {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Name subject;
  private final Instant notBefore;
  private final Instant notAfter;
  private final List<Extension> extensions = new ArrayList<>();

  NewCertificate(String commonName, Instant notBefore, Instant notAfter) {
    this.subject = new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
    this.notBefore = notBefore;
    this.notAfter = notAfter;
  }

  NewCertificate with(ASN1ObjectIdentifier id, ASN1Encodable value) {
    extensions.add(new Extension(id, false, encoded(value)));
    return this;
  }

  /** Adds an extension that a verifier must understand or else reject the certificate. */
  NewCertificate withCritical(ASN1ObjectIdentifier id, ASN1Encodable value) {
    extensions.add(new Extension(id, true, encoded(value)));
    return this;
  }

  /** Signs it with its own key. */
  KeyAndChain selfSigned() {
    try {
      KeyPair keys = KeyPairFile.generate();
      return sign(keys, subject, keys.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw impossible(e);
    }
  }

  /** Signs it with the authority's key. The chain is the new certificate alone. */
  KeyAndChain signedBy(KeyAndChain authority) {
    try {
      JcaX509CertificateHolder issuer = new JcaX509CertificateHolder(authority.certificate());
      with(
          Extension.authorityKeyIdentifier,
          new JcaX509ExtensionUtils()
              .createAuthorityKeyIdentifier(authority.certificate().getPublicKey()));
      return sign(KeyPairFile.generate(), issuer.getSubject(), authority.key());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw impossible(e);
    }
  }

  private KeyAndChain sign(KeyPair keys, X500Name issuer, PrivateKey issuerKey)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer, serial(), Date.from(notBefore), Date.from(notAfter), subject, keys.getPublic());
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    for (Extension extension : extensions) {
      builder.addExtension(extension);
    }
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey);
    return new KeyAndChain(
        keys.getPrivate(),
        List.of(new JcaX509CertificateConverter().getCertificate(builder.build(signer))));
  }

  /** Random, positive, and within the 20 octets that a serial number may have. */
  private static BigInteger serial() {
    return new BigInteger(127, RANDOM).setBit(127);
  }

  private static byte[] encoded(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded("DER");
    } catch (IOException e) {
      throw impossible(e);
    }
  }

  private static IllegalStateException impossible(Exception cause) {
    return new IllegalStateException(
        "this Java runtime cannot make an ECDSA P-256 certificate", cause);
  }
}
