package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.acme.Pebble.Reachable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names get their certificates from a real authority, by each kind of challenge. */
@Timeout(90)
final class AutomaticCertificateTest {
  @TempDir private Path authority;
  @TempDir private Path state;

  private static List<String> names(X509Certificate certificate) throws Exception {
    return certificate.getSubjectAlternativeNames().stream()
        .map(name -> (String) name.get(1))
        .sorted()
        .toList();
  }

  @Test
  void aTunnelsNameIsProvenOverTls() throws Exception {
    try (Pebble pebble = Pebble.start(authority, new Reachable(false, true));
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String host = ground.open("shop");
      log.await(host + ": has a certificate until ");

      assertThat(names(ground.verified(host))).containsExactly(host);
      assertThat(names(ground.verified(AcmeGround.DOMAIN))).containsExactly(AcmeGround.DOMAIN);
      assertThat(log.all()).noneMatch(line -> line.contains("no new certificate"));
    }
  }

  @Test
  void aTunnelsNameIsProvenOverHttpWhereTlsDoesNotReachTheServer() throws Exception {
    try (Pebble pebble = Pebble.start(authority, new Reachable(true, false));
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      log.await(AcmeGround.DOMAIN + ": no new certificate: ", "the next try is made now");
      String host = ground.open("shop");
      log.await(host + ": has a certificate until ");

      assertThat(names(ground.verified(host))).containsExactly(host);
    }
  }

  @Test
  void theDomainAndAllBelowItAreProvenByDns() throws Exception {
    Path calls = authority.resolve("calls");
    try (Pebble pebble = Pebble.start(authority, new Reachable(false, false));
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.startWithHook(pebble, state, pebble.dnsHook(calls))) {
      log.await("tunnel.test, *.tunnel.test: has a certificate until ");
      String host = ground.open("shop");

      assertThat(names(ground.verified(host))).containsExactly("*.tunnel.test", "tunnel.test");
      assertThat(names(ground.verified(AcmeGround.DOMAIN)))
          .containsExactly("*.tunnel.test", "tunnel.test");
      assertThat(Files.readAllLines(calls))
          .filteredOn(call -> call.startsWith("present _acme-challenge.tunnel.test "))
          .hasSize(2);
      assertThat(Files.readAllLines(calls))
          .filteredOn(call -> call.startsWith("cleanup _acme-challenge.tunnel.test "))
          .hasSize(2);
      assertThat(ground.issued()).hasSize(1);
    }
  }

  @Test
  void keysAndCertificatesAreTheirOwnersOnly() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      log.await(AcmeGround.DOMAIN + ": has a certificate until ");

      assertThat(ground.acmeState()).isDirectoryContaining(file -> file.endsWith("account.pem"));
      for (Path file :
          List.of(
              ground.issued(AcmeGround.DOMAIN),
              ground.acmeState().resolve("account.pem"),
              ground.journal())) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as("%s", file)
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aVisitorIsNotKeptWaitingForACertificate() throws Exception {
    Path calls = authority.resolve("calls");
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines()) {
      Path hook = pebble.dnsHook(calls);
      Files.createFile(authority.resolve("calls.hold"));
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, hook)) {
        String host = ground.open("shop");

        assertThat(ground.presented(host).getIssuerX500Principal().getName())
            .contains("Culvert development authority");
        Files.delete(authority.resolve("calls.hold"));
        log.await("*.tunnel.test: has a certificate until ");
        assertThat(ground.verified(host).getIssuerX500Principal().getName()).contains("Pebble");
      }
    }
  }

  @Test
  void nothingIsOrderedForANameThatIsNotRegistered() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      for (String stranger :
          List.of(
              "nobody.tunnel.test", "a.shop.tunnel.test", "tunnel.test.example.com", "127.0.0.1")) {
        assertThat(ground.presented(stranger).getIssuerX500Principal().getName())
            .contains("Culvert development authority");
      }
      String host = ground.open("shop");
      log.await(host + ": has a certificate until ");

      assertThat(ground.issued())
          .containsExactlyInAnyOrder(ground.issued(host), ground.issued(AcmeGround.DOMAIN));
      assertThat(Files.readString(ground.journal()))
          .doesNotContain("nobody", "127.0.0.1", "a.shop");
      assertThat(log.all()).noneMatch(line -> line.contains("no new certificate"));
    }
  }
}
