package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEvent;
import dev.culvert.server.agent.SessionFacts;
import dev.culvert.tls.Identity;
import dev.culvert.tls.NegotiatedTls;
import java.net.URI;
import java.nio.file.Files;
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

/** What protects a tunnel, as both of its ends tell it, at first and after the path was cut. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class ResumedTunnelTest {
  @TempDir private Path state;
  private Tunnel tunnel;
  private SampleApp app;
  private SilentPath path;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    app = SampleApp.start(Tunnel.ANY_PORT);
    path = SilentPath.to(tunnel.server().tunnelAddress());
  }

  @AfterEach
  void stop() throws Exception {
    path.close();
    tunnel.close();
    app.close();
  }

  private ClientConfig config() throws Exception {
    return tunnel.clientConfig(tunnel.newToken(), Tunnel.http(app.address().getPort()));
  }

  /** A client whose pin is the server's key as it is now, by way of the path. */
  private Client connect() throws Exception {
    return tunnel.start(path.rewrite(config()));
  }

  /** What both ends agree that they agreed on, once the client is online. */
  private NegotiatedTls awaitOnline(Client client) throws Exception {
    NegotiatedTls tls = client.await(ClientEvent.Online.class).tls();
    List<SessionFacts> sessions = tunnel.server().sessions();
    assertThat(sessions).extracting(SessionFacts::tls).containsExactly(tls);
    return tls;
  }

  private static void assertServes(Client client) throws Exception {
    client.awaitOpened(1);
    URI url = client.http();
    try (RawVisitor visitor = RawVisitor.to(url)) {
      visitor.request("GET", "/echo?text=served");
      assertThat(visitor.readBodyOfNextResponse()).isEqualTo("served");
    }
  }

  @Test
  void listOfSessionsIsThereForOtherProcessesWhileTheServerRuns() throws Exception {
    Path list = state.resolve("sessions.json");
    awaitOnline(connect());

    while (!Files.exists(list) || !Files.readString(list).contains("TLSv1.3, X25519MLKEM768")) {
      Thread.onSpinWait(); // housekeeping writes it; the class's timeout is the bound
    }

    tunnel.stopServer();
    assertThat(list).doesNotExist();
    tunnel.startServer();
  }

  @Test
  void newTunnelIsPostQuantum() throws Exception {
    NegotiatedTls tls = awaitOnline(connect());

    assertThat(tls).hasToString("TLSv1.3, X25519MLKEM768");
    assertThat(tls.resumed()).isFalse();
  }

  @Test
  void clientThatWasCutOffComesBackWithATicket() throws Exception {
    Client client = connect();
    awaitOnline(client);
    for (int i = 0; i < 3; i++) {
      assertServes(client);

      path.cut();

      assertThat(awaitOnline(client)).hasToString("TLSv1.3, X25519MLKEM768, resumed");
    }
    assertServes(client);
  }

  @Test
  void replacedIdentityIsVerifiedAgain() throws Exception {
    Client client = connect();
    awaitOnline(client);
    String old = tunnel.server().pin();
    Identity.load(state).successor(Duration.ofDays(1), Instant.now()).write(state);
    while (tunnel.server().pin().equals(old)) {
      Thread.onSpinWait(); // the class's timeout is the bound
    }

    path.cut();

    assertThat(awaitOnline(client).resumed()).isFalse(); // and trusted for its former pin
    path.cut();
    assertThat(awaitOnline(client).resumed()).isTrue();
    assertServes(client);
  }

  @Test
  void restartedServerTakesNoTicketOfItsFormerLife() throws Exception {
    Client client = tunnel.start(config());
    awaitOnline(client);

    tunnel.restartServer();

    assertThat(awaitOnline(client).resumed()).isFalse();
    assertServes(client);
  }
}
