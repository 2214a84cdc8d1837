package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.culvert.bench.acme.Pebble.Reachable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A name whose challenge fails: told in a line, tried again later, and no other name's matter. */
@Timeout(90)
final class FailedOrderTest {
  @TempDir private Path authority;
  @TempDir private Path state;

  @Test
  void itsLineSaysWhyAndWhenTheNextTryIs() throws Exception {
    try (Pebble pebble = Pebble.start(authority, new Reachable(true, false));
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      pebble.pointElsewhere("bad.tunnel.test");
      String host = ground.open("bad");

      String first = ground.log().await(host + ": no new certificate: ");
      String second = ground.log().await(host + ": no new certificate: ");

      assertThat(first + second)
          .contains("the next try is made now")
          .containsPattern("(refused|Error|Fetching)")
          .containsPattern("the next try is at 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
      JsonObject ticket = ground.state().ticket(host);
      assertThat(ticket.get("failures").getAsInt()).isEqualTo(2);
      assertThat(Instant.parse(ticket.get("retryAt").getAsString()))
          .isAfter(Instant.now().plus(Duration.ofMinutes(5)));
      assertThat(ticket.has("order")).isFalse();
    }
  }

  @Test
  void theOthersGetTheirs() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      pebble.pointElsewhere("bad.tunnel.test");
      String bad = ground.open("bad");
      ground.log().await(bad + ": no new certificate: ", "the next try is at ");

      String good = ground.openCertified("good");

      assertThat(ground.verified(good)).isNotNull();
      assertThat(ground.presented(bad).getIssuerX500Principal().getName())
          .contains("Culvert development authority");
    }
  }

  @Test
  void itIsNotTriedBeforeItsTimeByTheNextProcessEither() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      pebble.pointElsewhere("bad.tunnel.test");
      String bad = ground.open("bad");
      ground.log().await(bad + ": no new certificate: ", "the next try is at ");
      ground.stop();
      int before = ground.log().all().size();

      ground.startAgain();
      ground.open("bad");
      ground.openCertified("good");

      assertThat(ground.log().all().subList(before, ground.log().all().size()))
          .noneMatch(line -> line.contains(bad));
    }
  }

  @Test
  void whatTheHookComplainsOfIsTold() throws Exception {
    try (Pebble pebble = Pebble.start(authority)) {
      Path hook = authority.resolve("broken");
      Files.writeString(hook, "#!/bin/sh\necho 'no such zone' >&2\nexit 3\n");
      assertThat(hook.toFile().setExecutable(true)).isTrue();
      try (AcmeGround ground = AcmeGround.startWithHook(pebble, state, hook)) {
        String line = ground.log().await("tunnel.test, *.tunnel.test: no new certificate: ");

        assertThat(line)
            .contains("present _acme-challenge.tunnel.test failed with 3: no such zone")
            .contains("the next try is at ");
      }
    }
  }

  @Test
  void anAuthorityThatIsAwayIsToldOnceForAll() throws Exception {
    Pebble pebble = Pebble.start(authority);
    pebble.close();
    try (AcmeGround ground = AcmeGround.start(pebble, state)) {
      String line = ground.log().await("no new certificate: ");
      ground.open("shop");
      ground.open("news");
      ground.stop();

      assertThat(line)
          .contains("the authority cannot be reached: ")
          .contains("the next try is at ");
      assertThat(ground.log().all())
          .filteredOn(each -> each.contains("no new certificate"))
          .hasSize(1);
      ground.startAgain();
    }
  }
}
