package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The handler's timer: a quiet peer is pinged, a silent one given up. */
@ExtendWith(LeakCheck.class)
final class KeepAliveTest {
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final EmbeddedTunnel tunnel =
      new EmbeddedTunnel(SessionConfig.STANDARD.withKeepAlive(IDLE, TIMEOUT));

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  @Test
  void peerThatIsQuietIsPinged() {
    tunnel.advance(IDLE.minus(MOMENT));
    tunnel.drive();
    assertThat(tunnel.client.events).isEmpty();

    tunnel.advance(MOMENT);
    tunnel.drive();

    assertThat(tunnel.client.events).hasExactlyElementsOfTypes(SessionEvent.RoundTrip.class);
  }

  @Test
  void peerThatSendsIsNotPinged() {
    EmbeddedStream near = tunnel.open();
    EmbeddedStream far = tunnel.accepted();

    for (int i = 0; i < 10; i++) {
      tunnel.advance(IDLE.minus(MOMENT));
      near.write(i, 1);
      far.write(i, 1);
      tunnel.drive();
    }

    assertThat(tunnel.client.events).isEmpty();
    assertThat(tunnel.server.events).isEmpty();
  }

  @Test
  void peerThatAnswersPingsIsNeverGivenUp() {
    for (int i = 0; i < 100; i++) {
      tunnel.advance(IDLE);
      tunnel.drive();
    }

    assertThat(tunnel.client.end()).isNull();
    assertThat(tunnel.server.end()).isNull();
  }

  @Test
  void peerThatIsSilentIsGivenUpAndItsStreamsAreLost() {
    EmbeddedStream near = tunnel.open();
    for (int i = 0; i < 3; i++) {
      assertThat(tunnel.client.connection.isOpen()).isTrue();
      tunnel.advance(IDLE);
    }

    assertThat(tunnel.client.end()).isInstanceOf(SessionEnd.TransportLost.class);
    assertThat(tunnel.client.connection.isOpen()).isFalse();
    assertThat(near.log().failures).hasExactlyElementsOfTypes(SessionEndedException.class);
  }

  @Test
  void peerThatReadsNothingAndSendsNothingIsGivenUp() {
    EmbeddedStream near = tunnel.open();
    tunnel.client.valve.shut();
    near.write(0, 250_000);
    for (int i = 0; i < 3; i++) {
      tunnel.advance(IDLE);
    }

    assertThat(tunnel.client.end()).isInstanceOf(SessionEnd.TransportLost.class);
    assertThat(tunnel.client.connection.isOpen()).isFalse();
  }
}
