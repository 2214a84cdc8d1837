package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.KeyPairFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is stopped at an awkward moment, and the one that goes on in its place. */
@Timeout(90)
final class AcmeRestartTest {
  private static final String DONE = "tunnel.test, *.tunnel.test: has a certificate until ";

  @TempDir private Path authority;
  @TempDir private Path state;

  private static JsonObject journal(AcmeGround ground) throws Exception {
    return JsonParser.parseString(Files.readString(ground.journal())).getAsJsonObject();
  }

  private static String order(AcmeGround ground) throws Exception {
    return journal(ground)
        .getAsJsonArray("certificates")
        .get(0)
        .getAsJsonObject()
        .get("order")
        .getAsString();
  }

  private static int orders(AcmeGround ground) throws Exception {
    return journal(ground).getAsJsonArray("orders").size();
  }

  /** Waits until the hook was called. */
  private static void awaitCall(Path calls) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(calls)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Test
  void anOrderInProgressIsGoneOnWith() throws Exception {
    Path calls = authority.resolve("calls");
    Path hold = authority.resolve("calls.hold");
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines()) {
      Files.createFile(hold);
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, pebble.dnsHook(calls))) {
        awaitCall(calls);
        ground.stop();
        String order = order(ground);
        Files.delete(hold);

        ground.startAgain();
        log.await(DONE);

        assertThat(order).startsWith("https://");
        assertThat(orders(ground)).as("orders made in all").isEqualTo(1);
        assertThat(ground.verified("shop.tunnel.test")).isNotNull();
        assertThat(log.all()).noneMatch(line -> line.contains("no new certificate"));
      }
      List<String> published = values(calls, "present");
      assertThat(values(calls, "cleanup")).containsAll(published);
      assertThat(published).hasSizeGreaterThan(1);
    }
  }

  private static List<String> values(Path calls, String action) throws Exception {
    List<String> values = new ArrayList<>();
    for (String call : Files.readAllLines(calls)) {
      String[] words = call.split(" ", -1);
      if (words[0].equals(action)) {
        values.add(words[2]);
      }
    }
    return values;
  }

  @Test
  void aCertificateThatWasNotFetchedIsFetched() throws Exception {
    Path calls = authority.resolve("calls");
    Path hold = authority.resolve("calls.hold");
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines()) {
      Files.createFile(hold);
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, pebble.dnsHook(calls))) {
        awaitCall(calls);
        ground.stop();
        String inProgress = Files.readString(ground.journal());
        Files.delete(hold);
        ground.startAgain();
        log.await(DONE);
        ground.stop();
        Path file = ground.issued().getFirst();
        KeyAndChain issued = KeyAndChain.read(file, file);
        X509Certificate certificate = issued.chain().getFirst();
        Files.delete(file);
        Files.writeString(ground.journal(), inProgress);
        KeyPairFile.write(
            ground.acmeState().resolve("tunnel.test.key.pem"),
            new KeyPair(certificate.getPublicKey(), issued.key()));

        ground.startAgain();
        log.await(DONE);

        assertThat(ground.verified("shop.tunnel.test").getSerialNumber())
            .isEqualTo(certificate.getSerialNumber());
        assertThat(orders(ground)).isEqualTo(1);
        ground.stop();
        assertThat(ground.acmeState())
            .as("keys that wait for a certificate")
            .isDirectoryNotContaining(left -> left.toString().endsWith(".key.pem"));
        ground.startAgain();
      }
    }
  }

  @Test
  void anOrderThatTheAuthorityForgotIsStartedOver() throws Exception {
    Path calls = authority.resolve("calls");
    Path hold = authority.resolve("calls.hold");
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines()) {
      Files.createFile(hold);
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, pebble.dnsHook(calls))) {
        awaitCall(calls);
        ground.stop();
        String order = order(ground);
        Files.writeString(
            ground.journal(),
            Files.readString(ground.journal())
                .replace(order, order.substring(0, order.length() - 4) + "0000"));
        Files.delete(hold);

        ground.startAgain();
        log.await(DONE);

        assertThat(orders(ground)).isEqualTo(2);
      }
    }
  }

  @Test
  void anAccountThatTheAuthorityForgotIsMadeAgain() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      log.await(AcmeGround.DOMAIN + ": has a certificate until ");
      ground.stop();
      String account = journal(ground).get("account").getAsString();
      Files.writeString(
          ground.journal(), Files.readString(ground.journal()).replace(account, account + "0"));

      ground.startAgain();
      String host = ground.open("shop");
      log.await("the authority has forgotten the account");
      log.await(host + ": has a certificate until ");

      assertThat(journal(ground).get("account").getAsString()).isEqualTo(account);
    }
  }

  @Test
  void aCertificateInHandIsNotOrderedAgain() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String host = ground.open("shop");
      log.await(host + ": has a certificate until ");
      X509Certificate before = ground.verified(host);
      ground.stop();

      ground.startAgain();
      ground.open("shop");
      X509Certificate atOnce = ground.verified(host);
      String other = ground.open("news");
      log.await(other + ": has a certificate until ");

      assertThat(atOnce).isEqualTo(before);
      assertThat(ground.verified(host)).isEqualTo(before);
    }
  }
}
