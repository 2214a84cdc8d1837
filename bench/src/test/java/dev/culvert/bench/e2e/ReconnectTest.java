package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.client.ClientEvent;
import dev.culvert.server.ServerConfig;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
@ExtendWith(LeakCheck.class)
final class ReconnectTest {
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

  private int port() {
    return app.address().getPort();
  }

  private void assertServes(URI url) throws Exception {
    try (RawVisitor visitor = RawVisitor.to(url)) {
      visitor.request("GET", "/echo?text=served");
      assertThat(visitor.readBodyOfNextResponse()).isEqualTo("served");
    }
  }

  @Test
  void nameAndPortSurviveARestartOfTheServer() throws Exception {
    Client client = tunnel.connect(Tunnel.http(port()), Tunnel.tcp(port()));
    URI web = client.http();
    URI tcp = client.url(1, "tcp://");
    assertServes(web);

    tunnel.restartServer();

    assertThat(client.await(ClientEvent.Reconnecting.class).delay())
        .isGreaterThanOrEqualTo(Duration.ofMillis(500)); // it said that it stops
    client.await(ClientEvent.Online.class);
    client.awaitOpened(2);
    assertThat(client.http()).isEqualTo(web);
    assertThat(client.url(1, "tcp://")).isEqualTo(tcp);
    assertServes(web);
    assertServes(URI.create("http://" + tcp.getAuthority()));
  }

  @Test
  void aStrangerInTheServersPlaceIsRefusedAndWaitedOut(@TempDir Path otherState) throws Exception {
    Client client = tunnel.connect(Tunnel.http(port()));
    InetSocketAddress address = tunnel.server().tunnelAddress();
    tunnel.stopServer();

    ServerConfig stranger = ServerConfig.local(otherState).withAddresses(address, Tunnel.ANY_PORT);
    String reason;
    try (Tunnel _ = Tunnel.start(stranger)) {
      do {
        reason = client.await(ClientEvent.Reconnecting.class).reason();
      } while (!reason.contains("not a pinned one"));
    }
    tunnel.startServer();

    client.awaitOpened(1);
    assertServes(client.http());
  }

  @Test
  void theSameInstanceGetsItsNameBackAfterItLeft() throws Exception {
    ClientConfig config = tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port()));
    Client first = tunnel.start(config);
    first.awaitOpened(1);
    URI url = first.http();
    first.close();

    Client second = tunnel.start(config);

    second.awaitOpened(1);
    assertThat(second.http()).isEqualTo(url);
    assertServes(url);
  }

  @Test
  void aNameIsHeldForTheClientThatLeft() throws Exception {
    Client first = tunnel.connect(Tunnel.http(port(), "shop"));
    first.close();

    Client second =
        tunnel.start(tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port(), "shop")));

    ClientEnd end = second.awaitEnd();
    assertThat(end.kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
  }

  @Test
  void aNameIsRecycledAfterItsHold(@TempDir Path otherState) throws Exception {
    try (Tunnel brief = Tunnel.start(ServerConfig.local(otherState).withHold(Duration.ZERO))) {
      Client first = brief.connect(Tunnel.http(port(), "shop"));
      first.close();
      while (brief.server().clients() > 0) {
        Thread.onSpinWait(); // the class's timeout is the bound
      }

      Client second = brief.connect(Tunnel.http(port(), "shop"));

      assertThat(second.http().getHost()).isEqualTo("shop.localhost");
    }
  }

  @Test
  void aHalfOpenPredecessorDoesNotKeepTheName() throws Exception {
    ClientConfig config = tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port(), "shop"));
    try (SilentPath path = SilentPath.to(tunnel.server().tunnelAddress())) {
      Client lost = tunnel.start(path.rewrite(config));
      lost.awaitOpened(1);
      path.fallSilent(); // neither end hears of it

      Client next = tunnel.start(config);

      next.awaitOpened(1);
      assertThat(next.http().getHost()).isEqualTo("shop.localhost");
      assertServes(next.http());
    }
  }

  @Test
  void aSupersededClientDoesNotFightForItsPlace() throws Exception {
    ClientConfig config = tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port()));
    Client first = tunnel.start(config);
    first.awaitOpened(1);

    Client second = tunnel.start(config);
    second.awaitOpened(1);

    assertThat(first.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.SUPERSEDED);
    assertServes(second.http());
  }

  @Test
  void aLostConnectionIsMadeAgain() throws Exception {
    ClientConfig config = tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port()));
    try (SilentPath path = SilentPath.to(tunnel.server().tunnelAddress())) {
      Client client = tunnel.start(path.rewrite(config));
      client.awaitOpened(1);
      URI url = client.http();

      path.cut();

      assertThat(client.await(ClientEvent.Reconnecting.class).delay())
          .isLessThanOrEqualTo(Duration.ofMillis(100));
      client.awaitOpened(1);
      assertThat(client.http()).isEqualTo(url);
      assertServes(url);
    }
  }

  @Test
  void aPathThatFallsSilentIsNoticedByTheClient() throws Exception {
    ClientConfig config = tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port()));
    try (SilentPath path = SilentPath.to(tunnel.server().tunnelAddress())) {
      Client client = tunnel.start(path.rewrite(config));
      client.awaitOpened(1);

      path.fallSilent();

      assertThat(client.await(ClientEvent.Reconnecting.class).reason()).contains("15 s");
    }
  }

  @Test
  void aConnectionThatSaysNothingIsCutOff() throws Exception {
    try (Socket socket =
        new Socket(
            tunnel.server().tunnelAddress().getAddress(),
            tunnel.server().tunnelAddress().getPort())) {
      socket.setSoTimeout(30_000);

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }
}
