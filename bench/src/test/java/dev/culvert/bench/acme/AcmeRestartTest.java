package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.KeyPairFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is stopped at an awkward moment, and the one that goes on in its place. */
@Timeout(90)
final class AcmeRestartTest {
  private static final String DONE = "tunnel.test, *.tunnel.test: has a certificate until ";

  @TempDir private Path authority;
  @TempDir private Path state;

  @Test
  void anOrderInProgressIsGoneOnWith() throws Exception {
    try (Pebble pebble = Pebble.start(authority)) {
      HeldHook hook = new HeldHook(pebble, authority);
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, hook.program())) {
        hook.awaitCall();
        ground.stop();
        String order = ground.state().order(AcmeGround.DOMAIN);
        hook.letGo();

        ground.startAgain();
        ground.log().await(DONE);

        assertThat(order).startsWith("https://");
        assertThat(ground.state().orders()).as("orders made in all").isEqualTo(1);
        assertThat(pebble.orders()).isEqualTo(1);
        assertThat(ground.verified("shop.tunnel.test")).isNotNull();
        assertThat(ground.log().all()).noneMatch(line -> line.contains("no new certificate"));
      }
      List<String> published = hook.values("present");
      assertThat(hook.values("cleanup")).containsAll(published);
      assertThat(published).hasSizeGreaterThan(1);
    }
  }

  @Test
  void aCertificateThatWasNotFetchedIsFetched() throws Exception {
    try (Pebble pebble = Pebble.start(authority)) {
      HeldHook hook = new HeldHook(pebble, authority);
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, hook.program())) {
        hook.awaitCall();
        ground.stop();
        String inProgress = Files.readString(ground.state().journalFile());
        hook.letGo();
        ground.startAgain();
        ground.log().await(DONE);
        ground.stop();
        Path file = ground.state().issued().getFirst();
        KeyAndChain issued = KeyAndChain.read(file, file);
        X509Certificate certificate = issued.chain().getFirst();
        Files.delete(file);
        Files.writeString(ground.state().journalFile(), inProgress);
        KeyPairFile.write(
            ground.state().directory().resolve("tunnel.test.key.pem"),
            new KeyPair(certificate.getPublicKey(), issued.key()));

        ground.startAgain();
        ground.log().await(DONE);

        assertThat(ground.verified("shop.tunnel.test").getSerialNumber())
            .isEqualTo(certificate.getSerialNumber());
        assertThat(ground.state().orders()).isEqualTo(1);
        ground.stop();
        assertThat(ground.state().directory())
            .as("keys that wait for a certificate")
            .isDirectoryNotContaining(left -> left.toString().endsWith(".key.pem"));
        ground.startAgain();
      }
    }
  }

  @Test
  void anOrderThatTheAuthorityForgotIsStartedOver() throws Exception {
    try (Pebble pebble = Pebble.start(authority)) {
      HeldHook hook = new HeldHook(pebble, authority);
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, hook.program())) {
        hook.awaitCall();
        ground.stop();
        String order = ground.state().order(AcmeGround.DOMAIN);
        ground.state().replaceInJournal(order, order.substring(0, order.length() - 4) + "0000");
        hook.letGo();

        ground.startAgain();
        ground.log().await(DONE);

        assertThat(ground.state().orders()).isEqualTo(2);
      }
    }
  }

  @Test
  void anAccountThatTheAuthorityForgotIsMadeAgain() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      ground.log().await(AcmeGround.DOMAIN + ": has a certificate until ");
      ground.stop();
      String account = ground.state().account();
      ground.state().replaceInJournal(account, account + "0");

      ground.startAgain();
      String host = ground.open("shop");
      ground.log().await("the authority has forgotten the account");
      ground.log().await(host + ": has a certificate until ");

      assertThat(ground.state().account()).isEqualTo(account);
    }
  }

  @Test
  void aCertificateInHandIsNotOrderedAgain() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String host = ground.openCertified("shop");
      X509Certificate before = ground.verified(host);
      ground.stop();

      ground.startAgain();
      ground.open("shop");
      X509Certificate atOnce = ground.verified(host);
      ground.openCertified("news");

      assertThat(atOnce).isEqualTo(before);
      assertThat(ground.verified(host)).isEqualTo(before);
    }
  }
}
