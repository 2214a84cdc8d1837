package dev.culvert.tls;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * A certificate authority for one developer's machine, so that names under development have
 * certificates that a browser takes once it was told of this authority.
 *
 * <p>Its key can vouch for any name: whoever reads it can pose as any site to those who trust it.
 */
public final class DevAuthority {
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);
  private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
  private static final Duration CERTIFICATE_VALIDITY = Duration.ofDays(90);

  private static final Pattern DNS_NAME =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

  private final KeyAndChain authority;
  private final Path certificateFile;

  private DevAuthority(KeyAndChain authority, Path certificateFile) {
    this.authority = authority;
    this.certificateFile = certificateFile;
  }

  /**
   * Reads {@code dev-ca-key.pem} and {@code dev-ca.pem}, or makes both when there is neither. A key
   * that others may read, one file without the other, or an authority that expired is an {@link
   * IOException} that names the remedy. One process at a time.
   */
  public static DevAuthority loadOrCreate(Path directory) throws IOException {
    Path certificate = directory.resolve("dev-ca.pem");
    Path key = directory.resolve("dev-ca-key.pem");
    KeyAndChain authority =
        new KeyFiles(directory, certificate, key).loadOrCreate(DevAuthority::create);
    try {
      authority.certificate().checkValidity();
    } catch (CertificateException e) {
      throw new IOException(
          certificate
              + ": this development authority is not valid today; remove it and "
              + key
              + " to make a new one, and have browsers trust that",
          e);
    }
    return new DevAuthority(authority, certificate);
  }

  /** The SHA-256 of the authority's certificate, as other programs show it. */
  public String fingerprint() {
    try {
      byte[] encoded = authority.certificate().getEncoded();
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
  }

  /** The first instant at which it is good no longer. */
  public Instant expiresAt() {
    return authority.expiresAt();
  }

  /** What browsers and clients must be told to trust. */
  public Path certificateFile() {
    return certificateFile;
  }

  /** {@link #issue(List, Instant)} from this moment on. */
  public KeyAndChain issue(List<String> namesAndAddresses) {
    return issue(namesAndAddresses, Instant.now());
  }

  /**
   * A new key and a certificate of 90 days from {@code now}. A name is a DNS name, {@code *.} and a
   * DNS name, or an address literal; {@link IllegalArgumentException} if it is none of them. Any
   * thread.
   */
  public KeyAndChain issue(List<String> namesAndAddresses, Instant now) {
    if (namesAndAddresses.isEmpty()) {
      throw new IllegalArgumentException("names: none (expected: at least one)");
    }
    GeneralName[] names =
        namesAndAddresses.stream().map(DevAuthority::generalName).toArray(GeneralName[]::new);
    return new NewCertificate(
            "Culvert development certificate", now, now.plus(CERTIFICATE_VALIDITY))
        .withCritical(Extension.basicConstraints, new BasicConstraints(false))
        .withCritical(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature))
        .with(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
        .with(Extension.subjectAlternativeName, new GeneralNames(names))
        .signedBy(authority);
  }

  private static KeyAndChain create() {
    Instant now = Instant.now();
    return new NewCertificate(
            "Culvert development authority of " + System.getProperty("user.name", "this machine"),
            now.minus(CLOCK_SKEW),
            now.plus(AUTHORITY_VALIDITY))
        .withCritical(Extension.basicConstraints, new BasicConstraints(0))
        .withCritical(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
        .selfSigned();
  }

  private static GeneralName generalName(String name) {
    if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
      return new GeneralName(GeneralName.iPAddress, name);
    }
    if (name.length() > 253 || !DNS_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: " + name + " (expected: a DNS name, *. and a DNS name, or an IP address)");
    }
    return new GeneralName(GeneralName.dNSName, name);
  }
}
