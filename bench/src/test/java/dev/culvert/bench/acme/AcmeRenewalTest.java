package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.KeyPairFile;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that have grown old: another takes their place while they are still good. */
@Timeout(90)
final class AcmeRenewalTest {
  private static final Duration SHORT = Duration.ofSeconds(6);

  @TempDir private Path authority;
  @TempDir private Path state;

  /** Good for {@code left} more, of 90 days. */
  private static KeyAndChain aged(String host, Duration left) throws Exception {
    KeyPair keys = KeyPairFile.generate();
    Instant end = Instant.now().plus(left);
    X500Name name = new X500Name("CN=aged");
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(end.minus(Duration.ofDays(90))),
            Date.from(end),
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

  private static String fingerprint(X509Certificate certificate) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
  }

  /** Has the server find {@code certificate} as what the authority issued last. */
  private static void replace(AcmeGround ground, String host, KeyAndChain certificate)
      throws Exception {
    Path file = ground.state().issued(host);
    X509Certificate issued = KeyAndChain.read(file, file).chain().getFirst();
    certificate.write(file);
    ground
        .state()
        .replaceInJournal(fingerprint(issued), fingerprint(certificate.chain().getFirst()));
  }

  /** A server that is stopped, and has a certificate for {@code shop} that is {@code left} good. */
  private static String stoppedWith(AcmeGround ground, Duration left) throws Exception {
    String host = ground.openCertified("shop");
    ground.stop();
    replace(ground, host, aged(host, left));
    return host;
  }

  @Test
  void aCertificateInItsLastThirdIsReplacedAndServedUntilThen() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String host = stoppedWith(ground, Duration.ofDays(29));

      ground.startAgain();
      X509Certificate before = ground.presented(host);
      ground.openCertified("shop");

      assertThat(before.getSubjectX500Principal().getName()).isEqualTo("CN=aged");
      assertThat(ground.verified(host).getIssuerX500Principal().getName()).contains("Pebble");
      assertThat(ground.state().issued()).hasSize(2);
    }
  }

  @Test
  void aCertificateThatIsYoungerStays() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String host = stoppedWith(ground, Duration.ofDays(34));

      ground.startAgain();
      ground.open("shop");
      ground.openCertified("news");

      assertThat(ground.presented(host).getSubjectX500Principal().getName()).isEqualTo("CN=aged");
    }
  }

  @Test
  void aFailedRenewalLeavesTheOldOneInUse() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String host = stoppedWith(ground, Duration.ofDays(29));
      pebble.pointElsewhere(host);

      ground.startAgain();
      ground.open("shop");
      ground.log().await(host + ": no new certificate: ", "the next try is at ");

      assertThat(ground.presented(host).getSubjectX500Principal().getName()).isEqualTo("CN=aged");
    }
  }

  @Test
  void aServerThatKeepsRunningRenewsAheadOfTime() throws Exception {
    try (Pebble pebble = Pebble.startShortLived(authority, SHORT);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String host = ground.open("shop");
      String first = ground.log().await(host + ": has a certificate until ");
      Instant end = time(first, "has a certificate until ");
      Instant renewal = time(first, "it will be renewed at ");

      ground.log().await(host + ": has a certificate until ");
      X509Certificate renewed = ground.presented(host);

      assertThat(renewal).isBefore(end);
      assertThat(renewed.getNotBefore()).isAfterOrEqualTo(Date.from(renewal));
      assertThat(renewed.getNotAfter()).isAfter(Date.from(end));
      assertThat(renewed.getIssuerX500Principal().getName()).contains("Pebble");
      assertThat(ground.log().all()).noneMatch(line -> line.contains("no new certificate"));
    }
  }

  private static Instant time(String line, String label) {
    String behind = line.substring(line.indexOf(label) + label.length());
    return Instant.parse(behind.substring(0, behind.indexOf('Z') + 1));
  }
}
