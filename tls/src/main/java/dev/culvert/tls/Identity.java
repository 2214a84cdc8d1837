package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * Who a server is to the clients that pinned it: a key, and a certificate to carry it. The
 * certificate names no host; only a pin makes it trusted. Immutable.
 *
 * <p>A key that takes another's place is vouched for by it: the new key's certificate is signed
 * with the old key, and the old certificate follows in the chain. A client that pinned the old key
 * lets the new one in until the new certificate's last day; one that pinned the new key does not
 * look at dates.
 */
public final class Identity {
  /** In the state directory: the key and the chain, replaced together. */
  public static final String FILE = "identity.pem";

  /** How many former pins are kept: more than anyone replaces before the first one ends. */
  static final int MAX_FORMER = 8;

  private static final Duration CLOCK_SKEW = Duration.ofDays(1);

  /** The date that RFC 5280, section 4.1.2.5, gives to certificates without an end. */
  private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  private final KeyAndChain keyAndChain;

  private Identity(KeyAndChain keyAndChain) {
    this.keyAndChain = keyAndChain;
  }

  /** A pin that has been replaced, and the first instant at which it is good no longer. */
  public record FormerPin(String pin, Instant until) {}

  /**
   * Reads {@value #FILE}, or makes it where it is missing. One that others may read, or that is
   * damaged, is an {@link IOException} that names the remedy.
   */
  public static Identity loadOrCreate(Path directory) throws IOException {
    if (!Files.exists(directory.resolve(FILE), LinkOption.NOFOLLOW_LINKS)) {
      PrivateFile.createDirectory(directory);
      create().write(directory);
    }
    return load(directory);
  }

  /** Reads {@value #FILE}, which must be there; errors are those of {@link #loadOrCreate}. */
  public static Identity load(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    KeyAndChain keyAndChain = KeyAndChain.read(file, file);
    PrivateFile.requirePrivate(file);
    return new Identity(keyAndChain);
  }

  /** Replaces {@value #FILE} whole, readable by its owner only. */
  public void write(Path directory) throws IOException {
    keyAndChain.write(directory.resolve(FILE));
  }

  /**
   * An identity with a new key. This one's pin is good for {@code overlap} more, and those before
   * it as long as they were, but no longer than that. With no overlap all of them are void.
   */
  public Identity successor(Duration overlap, Instant now) {
    if (!overlap.isPositive()) {
      return create();
    }
    KeyAndChain successor = certificate(now, now.plus(overlap)).signedBy(keyAndChain);
    List<X509Certificate> chain = new ArrayList<>(successor.chain());
    List<X509Certificate> former = keyAndChain(now).chain();
    chain.addAll(former.subList(0, Math.min(former.size(), MAX_FORMER)));
    return new Identity(new KeyAndChain(successor.key(), chain));
  }

  /** What to present at {@code now}: certificates of pins that are void by then are left out. */
  public KeyAndChain keyAndChain(Instant now) {
    List<X509Certificate> chain = keyAndChain.chain();
    int length = 1;
    while (length < chain.size() && now.isBefore(end(chain.get(length - 1)))) {
      length++;
    }
    return new KeyAndChain(keyAndChain.key(), chain.subList(0, length));
  }

  /** What clients pin. */
  public String pin() {
    return keyAndChain.pin();
  }

  /** The pins that were replaced and are still good at {@code now}, the latest first. */
  public List<FormerPin> formerPins(Instant now) {
    List<X509Certificate> chain = keyAndChain(now).chain();
    List<FormerPin> former = new ArrayList<>();
    Instant until = NO_END;
    for (int i = 1; i < chain.size(); i++) {
      Instant linkEnd = end(chain.get(i - 1));
      until = linkEnd.isBefore(until) ? linkEnd : until;
      former.add(new FormerPin(SpkiPin.of(chain.get(i)), until));
    }
    return former;
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  private static Identity create() {
    return new Identity(certificate(Instant.now(), NO_END).selfSigned());
  }

  private static NewCertificate certificate(Instant now, Instant end) {
    return new NewCertificate("Culvert server", now.minus(CLOCK_SKEW), end)
        .withCritical(Extension.basicConstraints, new BasicConstraints(false))
        .withCritical(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature))
        .with(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
  }
}
