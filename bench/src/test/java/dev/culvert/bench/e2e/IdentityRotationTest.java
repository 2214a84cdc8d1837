package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.client.ClientEvent;
import dev.culvert.tls.Identity;
import dev.culvert.tls.PinReplacement;
import dev.culvert.tls.Trust;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A server whose key is replaced while it runs. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class IdentityRotationTest {
  @TempDir private Path state;
  private Tunnel tunnel;
  private SampleApp app;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    app = SampleApp.start(Tunnel.ANY_PORT);
  }

  @AfterEach
  void stop() {
    tunnel.close();
    app.close();
  }

  private String rotate(Duration overlap) throws Exception {
    String old = tunnel.server().pin();
    Identity.load(state).successor(overlap, Instant.now()).write(state);
    while (tunnel.server().pin().equals(old)) {
      Thread.onSpinWait(); // the class's timeout is the bound
    }
    return tunnel.server().pin();
  }

  private Client pinning(String pin) throws Exception {
    ClientConfig config =
        tunnel.clientConfig(tunnel.newToken(), Tunnel.http(app.address().getPort()));
    return tunnel.start(
        new ClientConfig(
            config.host(),
            config.port(),
            Trust.pinned(pin),
            config.token(),
            config.instance(),
            config.tunnels()));
  }

  private static void assertServed(Client client) throws Exception {
    try (RawVisitor visitor = RawVisitor.to(client.http())) {
      visitor.request("GET", "/echo?text=served");
      assertThat(visitor.readBodyOfNextResponse()).isEqualTo("served");
    }
  }

  @Test
  void bothPinsAreGoodDuringTheOverlapAndNobodyIsCutOff() throws Exception {
    String old = tunnel.server().pin();
    Client before = pinning(old);
    before.awaitOpened(1);

    String renewed = rotate(Duration.ofDays(1));

    assertServed(before);
    for (String pin : List.of(old, renewed)) {
      Client after = pinning(pin);
      after.awaitOpened(1);
      assertServed(after);
    }
  }

  @Test
  void clientWithAFormerPinIsToldTheNewOneAndWhenTheOldOneEnds() throws Exception {
    String old = tunnel.server().pin();
    Instant earliest = Instant.now().plus(Duration.ofDays(1)).minusSeconds(1);

    String renewed = rotate(Duration.ofDays(1));

    PinReplacement told = pinning(old).await(ClientEvent.PinReplaced.class).replacement();
    assertThat(told.pin()).isEqualTo(renewed);
    assertThat(told.until()).isBetween(earliest, Instant.now().plus(Duration.ofDays(1)));
    assertThat(told.until())
        .isEqualTo(Identity.load(state).formerPins(Instant.now()).getFirst().until());
  }

  @Test
  void clientWithTheNewPinIsToldOfNone() throws Exception {
    Client client = pinning(rotate(Duration.ofDays(1)));

    assertThat(client.eventsToOpened()).noneMatch(ClientEvent.PinReplaced.class::isInstance);
  }

  @Test
  void oldPinIsRefusedWithoutOverlap() throws Exception {
    String old = tunnel.server().pin();

    String renewed = rotate(Duration.ZERO);

    assertThat(pinning(old).awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNTRUSTED);
    pinning(renewed).awaitOpened(1);
  }
}
