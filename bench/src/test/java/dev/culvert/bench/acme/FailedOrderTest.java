package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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

  private static JsonObject ticket(AcmeGround ground, String host) throws Exception {
    JsonArray all =
        JsonParser.parseString(Files.readString(ground.journal()))
            .getAsJsonObject()
            .getAsJsonArray("certificates");
    for (JsonElement one : all) {
      if (one.getAsJsonObject().getAsJsonArray("names").get(0).getAsString().equals(host)) {
        return one.getAsJsonObject();
      }
    }
    throw new AssertionError(host + " is not in " + all);
  }

  @Test
  void itsLineSaysWhyAndWhenTheNextTryIs() throws Exception {
    try (Pebble pebble = Pebble.start(authority, new Reachable(true, false));
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      pebble.pointElsewhere("bad.tunnel.test");
      String host = ground.open("bad");

      String first = log.await(host + ": no new certificate: ");
      String second = log.await(host + ": no new certificate: ");

      assertThat(first + second)
          .contains("the next try is made now")
          .containsPattern("(refused|Error|Fetching)")
          .containsPattern("the next try is at 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
      JsonObject ticket = ticket(ground, host);
      assertThat(ticket.get("failures").getAsInt()).isEqualTo(2);
      assertThat(Instant.parse(ticket.get("retryAt").getAsString()))
          .isAfter(Instant.now().plus(Duration.ofMinutes(5)));
      assertThat(ticket.has("order")).isFalse();
    }
  }

  @Test
  void theOthersGetTheirs() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      pebble.pointElsewhere("bad.tunnel.test");
      String bad = ground.open("bad");
      log.await(bad + ": no new certificate: ", "the next try is at ");

      String good = ground.open("good");
      log.await(good + ": has a certificate until ");

      assertThat(ground.verified(good)).isNotNull();
      assertThat(ground.presented(bad).getIssuerX500Principal().getName())
          .contains("Culvert development authority");
    }
  }

  @Test
  void itIsNotTriedBeforeItsTimeByTheNextProcessEither() throws Exception {
    try (Pebble pebble = Pebble.start(authority);
        LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      pebble.pointElsewhere("bad.tunnel.test");
      String bad = ground.open("bad");
      log.await(bad + ": no new certificate: ", "the next try is at ");
      ground.stop();
      int before = log.all().size();

      ground.startAgain();
      ground.open("bad");
      String good = ground.open("good");
      log.await(good + ": has a certificate until ");

      assertThat(log.all().subList(before, log.all().size())).noneMatch(line -> line.contains(bad));
    }
  }

  @Test
  void whatTheHookComplainsOfIsTold() throws Exception {
    try (Pebble pebble = Pebble.start(authority)) {
      Path hook = authority.resolve("broken");
      Files.writeString(hook, "#!/bin/sh\necho 'no such zone' >&2\nexit 3\n");
      assertThat(hook.toFile().setExecutable(true)).isTrue();
      try (LogLines log = new LogLines();
          AcmeGround _ = AcmeGround.startWithHook(pebble, state, hook)) {
        String line = log.await("tunnel.test, *.tunnel.test: no new certificate: ");

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
    try (LogLines log = new LogLines();
        AcmeGround ground = AcmeGround.start(pebble, state)) {
      String line = log.await("no new certificate: ");
      ground.open("shop");
      ground.open("news");
      ground.stop();

      assertThat(line)
          .contains("the authority cannot be reached: ")
          .contains("the next try is at ");
      assertThat(log.all()).filteredOn(each -> each.contains("no new certificate")).hasSize(1);
      ground.startAgain();
    }
  }
}
