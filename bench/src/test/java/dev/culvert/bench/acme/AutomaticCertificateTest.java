package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.acme.Pebble.Reachable;
import dev.culvert.client.ClientEnd;
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
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String host = ground.openCertified("shop");

      assertThat(names(ground.verified(host))).containsExactly(host);
      assertThat(names(ground.verified(AcmeGround.DOMAIN))).containsExactly(AcmeGround.DOMAIN);
      assertThat(ground.log().all()).noneMatch(line -> line.contains("no new certificate"));
    }
  }

  @Test
  void aTunnelsNameIsProvenOverHttpWhereTlsDoesNotReachTheServer() throws Exception {
    try (Pebble pebble = Pebble.start(authority, new Reachable(true, false));
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      ground.log().await(AcmeGround.DOMAIN + ": no new certificate: ", "the next try is made now");
      String host = ground.openCertified("shop");

      assertThat(names(ground.verified(host))).containsExactly(host);
    }
  }

  @Test
  void theDomainAndAllBelowItAreProvenByDns() throws Exception {
    Path calls = authority.resolve("calls");
    try (Pebble pebble = Pebble.start(authority, new Reachable(false, false));
        AcmeGround ground = AcmeGround.startWithHook(pebble, state, pebble.dnsHook(calls))) {
      ground.log().await("tunnel.test, *.tunnel.test: has a certificate until ");
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
      assertThat(ground.state().issued()).hasSize(1);
    }
  }

  @Test
  void keysAndCertificatesAreTheirOwnersOnly() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      ground.log().await(AcmeGround.DOMAIN + ": has a certificate until ");

      assertThat(ground.state().directory())
          .isDirectoryContaining(file -> file.endsWith("account.pem"));
      for (Path file :
          List.of(
              ground.state().issued(AcmeGround.DOMAIN),
              ground.state().directory().resolve("account.pem"),
              ground.state().journalFile())) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as("%s", file)
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aVisitorIsNotKeptWaitingForACertificate() throws Exception {
    try (Pebble pebble = Pebble.start(authority)) {
      HeldHook hook = new HeldHook(pebble, authority);
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, hook.program())) {
        String host = ground.open("shop");

        assertThat(ground.presented(host).getIssuerX500Principal().getName())
            .contains("Culvert development authority");
        hook.letGo();
        ground.log().await("*.tunnel.test: has a certificate until ");
        assertThat(ground.verified(host).getIssuerX500Principal().getName()).contains("Pebble");
      }
    }
  }

  @Test
  void aHostElsewhereThatTheTokenGrantsGetsACertificateOfItsOwn() throws Exception {
    Path calls = authority.resolve("calls");
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.startWithHook(pebble, state, pebble.dnsHook(calls))) {
      ground.log().await("tunnel.test, *.tunnel.test: has a certificate until ");
      X509Certificate before = ground.presented(AcmeGround.GRANTED);

      String host = ground.openCertified(AcmeGround.GRANTED);

      assertThat(names(before)).containsExactly("*.tunnel.test", "tunnel.test");
      assertThat(names(ground.verified(host))).containsExactly(host);
      assertThat(names(ground.verified("shop.tunnel.test")))
          .containsExactly("*.tunnel.test", "tunnel.test");
      assertThat(Files.readAllLines(calls)).noneMatch(call -> call.contains(host));
    }
  }

  @Test
  void nothingIsOrderedForANameThatIsNotRegistered() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      ClientEnd refused = ground.refused("www.stranger.example");
      for (String stranger :
          List.of(
              "nobody.tunnel.test",
              "a.shop.tunnel.test",
              "tunnel.test.example.com",
              AcmeGround.GRANTED,
              "www.stranger.example",
              "127.0.0.1")) {
        assertThat(ground.presented(stranger).getIssuerX500Principal().getName())
            .contains("Culvert development authority");
      }
      String host = ground.openCertified("shop");

      assertThat(ground.state().issued())
          .containsExactlyInAnyOrder(
              ground.state().issued(host), ground.state().issued(AcmeGround.DOMAIN));
      assertThat(refused.kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
      assertThat(pebble.orders()).as("orders made in all").isEqualTo(2);
      assertThat(Files.readString(ground.state().journalFile()))
          .doesNotContain("nobody", "127.0.0.1", "a.shop", "example");
      assertThat(ground.log().all()).noneMatch(line -> line.contains("no new certificate"));
    }
  }
}
