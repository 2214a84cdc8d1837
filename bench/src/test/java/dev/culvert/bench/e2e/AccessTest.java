package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.token.IssuedToken;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(LeakCheck.class)
final class AccessTest {
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

  @Test
  void aWrongTokenIsRefusedForGood() throws Exception {
    Client client =
        tunnel.start(tunnel.clientConfig(new Secret("no.such.token"), Tunnel.http(port())));

    ClientEnd end = client.awaitEnd();

    assertThat(end.kind()).isEqualTo(ClientEnd.Kind.UNAUTHORIZED);
    assertThat(end.message()).doesNotContain("no.such.token");
  }

  @Test
  void aTokenOfAnotherServerIsRefused(@TempDir Path otherState) throws Exception {
    try (Tunnel other = Tunnel.start(otherState)) {
      Client client = tunnel.start(tunnel.clientConfig(other.newToken(), Tunnel.http(port())));

      assertThat(client.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNAUTHORIZED);
    }
  }

  @Test
  void aRevokedTokenEndsItsLiveSessionsAndStartsNone() throws Exception {
    IssuedToken token = tunnel.server().tokens().create("soon-gone");
    Client client = tunnel.start(tunnel.clientConfig(token.text(), Tunnel.http(port())));
    client.awaitOpened(1);

    tunnel.server().tokens().revoke("soon-gone");

    assertThat(client.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNAUTHORIZED);
    Client again = tunnel.start(tunnel.clientConfig(token.text(), Tunnel.http(port())));
    assertThat(again.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNAUTHORIZED);
  }

  @Test
  void noTokenIsEnoughWhereTheServerNeedsNone(@TempDir Path otherState) throws Exception {
    Client refused = tunnel.start(tunnel.clientConfig(new Secret(""), Tunnel.http(port())));
    assertThat(refused.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNAUTHORIZED);

    try (Tunnel open = Tunnel.start(ServerConfig.local(otherState).withoutTokens())) {
      Client client = open.start(open.clientConfig(new Secret(""), Tunnel.http(port(), "shop")));
      client.awaitOpened(1);
      assertThat(client.http().getHost()).isEqualTo("shop.localhost");

      Client wrong =
          open.start(open.clientConfig(new Secret("no.such.token"), Tunnel.http(port())));
      assertThat(wrong.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNAUTHORIZED);
    }
  }

  @Test
  void aNarrowedTokenLosesItsLiveTunnelAndGetsNoOtherLikeIt() throws Exception {
    IssuedToken token = tunnel.server().tokens().create("soon-less");
    Client client = tunnel.start(tunnel.clientConfig(token.text(), Tunnel.http(port(), "shop")));
    client.awaitOpened(1);
    Permissions standard = Permissions.STANDARD;

    tunnel
        .server()
        .tokens()
        .narrow(
            "soon-less",
            new Permissions(
                standard.kinds(),
                List.of(new NamePattern("blog")),
                List.of(),
                false,
                standard.ports(),
                1,
                10,
                100));

    ClientEnd end = client.awaitEnd();
    assertThat(end.kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
    assertThat(end.message()).contains("no longer allows shop");
    Client again = tunnel.start(tunnel.clientConfig(token.text(), Tunnel.http(port(), "shop")));
    assertThat(again.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
    Client other = tunnel.start(tunnel.clientConfig(token.text(), Tunnel.http(port(), "blog")));
    other.awaitOpened(1);
  }

  @Test
  void anotherServersIdentityIsNotTrusted(@TempDir Path otherState) throws Exception {
    try (Tunnel other = Tunnel.start(otherState)) {
      ClientConfig config = tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port()));
      Client client =
          tunnel.start(
              new ClientConfig(
                  config.host(),
                  config.port(),
                  Trust.pinned(other.server().pin()),
                  config.token(),
                  config.instance(),
                  config.tunnels()));

      ClientEnd end = client.awaitEnd();

      assertThat(end.kind()).isEqualTo(ClientEnd.Kind.UNTRUSTED);
      assertThat(end.message()).contains(tunnel.server().pin());
    }
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() throws Exception {
    ClientConfig config = tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port()));
    tunnel.stopServer();

    ClientEnd end = tunnel.start(config).awaitEnd();
    tunnel.startServer();

    assertThat(end.kind()).isEqualTo(ClientEnd.Kind.UNREACHABLE);
    assertThat(end.message()).contains("127.0.0.1:" + config.port()).contains("refused");
  }

  @Test
  void aNameIsGivenToOneClientAndRefusedToTheNext() throws Exception {
    Client first = tunnel.connect(Tunnel.http(port(), "shop"));
    assertThat(first.http().getHost()).isEqualTo("shop.localhost");

    Client second =
        tunnel.start(tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port(), "shop")));

    ClientEnd end = second.awaitEnd();
    assertThat(end.kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
    assertThat(end.message()).contains("shop").contains("in use");
  }

  @Test
  void aNameIsRefusedToAnotherInstanceOfTheSameToken() throws Exception {
    Secret token = tunnel.newToken();
    Client first = tunnel.start(tunnel.clientConfig(token, Tunnel.http(port(), "shop")));
    first.awaitOpened(1);

    Client second = tunnel.start(tunnel.clientConfig(token, Tunnel.http(port(), "shop")));

    assertThat(second.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
  }

  @Test
  void reservedAndMalformedNamesAreRefused() throws Exception {
    for (String name : List.of("www", "-x", "a_b", "xn--bcher-kva")) {
      Client client =
          tunnel.start(tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port(), name)));

      assertThat(client.awaitEnd().kind()).as(name).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
    }
  }

  @Test
  void twoClientsAreServedSideBySide() throws Exception {
    Client first = tunnel.connect(Tunnel.http(port()));
    Client second = tunnel.connect(Tunnel.http(port()));

    assertThat(first.http()).isNotEqualTo(second.http());
    for (Client client : List.of(first, second)) {
      try (RawVisitor visitor = RawVisitor.to(client.http())) {
        visitor.request("GET", "/echo?text=x");
        assertThat(visitor.readBodyOfNextResponse()).isEqualTo("x");
      }
      assertThat(client.awaitRequest().target()).isEqualTo("/echo?text=x");
    }
  }

  @Test
  void theHttpsListenerTakesClientsToo() throws Exception {
    ClientConfig config = tunnel.clientConfig(tunnel.newToken(), Tunnel.http(port()));
    Client client =
        tunnel.start(
            new ClientConfig(
                config.host(),
                tunnel.server().httpsAddress().getPort(),
                config.trust(),
                config.token(),
                config.instance(),
                config.tunnels()));

    client.awaitOpened(1);

    try (RawVisitor visitor = RawVisitor.to(client.https())) {
      visitor.request("GET", "/echo?text=one-port");
      assertThat(visitor.readBodyOfNextResponse()).isEqualTo("one-port");
    }
  }

  @Test
  void aPlainConnectionToTheTunnelPortIsClosed() throws Exception {
    try (Socket socket = connectToTunnelPort()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().readAllBytes().length).isLessThan(100);
    }
  }

  @Test
  void silentConnectionsAreBoundedFromTheirFirstMoment() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 256; i++) {
        silent.add(connectToTunnelPort("127.0.0." + (10 + i / 32)));
      }

      try (Socket oneTooMany = connectToTunnelPort()) {
        assertThat(oneTooMany.getInputStream().read()).isEqualTo(-1);
      }
      silent.getFirst().setSoTimeout(1);
      assertThatThrownBy(() -> silent.getFirst().getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    while (!isLetIn()) {
      Thread.onSpinWait(); // until the server has heard of them; the class's timeout is the bound
    }
  }

  private boolean isLetIn() throws IOException {
    try (Socket socket = connectToTunnelPort()) {
      socket.setSoTimeout(200);
      return socket.getInputStream().read() != -1;
    } catch (SocketTimeoutException e) {
      return true;
    }
  }

  @Test
  void silentConnectionsOfOneAddressAreBoundedOnTheirOwn() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 32; i++) {
        silent.add(connectToTunnelPort("127.0.0.9"));
      }

      try (Socket oneTooMany = connectToTunnelPort("127.0.0.9")) {
        assertThat(oneTooMany.getInputStream().read()).isEqualTo(-1);
      }
      tunnel.connect(Tunnel.http(port())); // from another address
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void aGoodTokenIsLetInBesideBadOnesFromItsAddress() throws Exception {
    tunnel.connect(Tunnel.http(port()));
    for (int i = 0; i < 4; i++) {
      Client bad =
          tunnel.start(tunnel.clientConfig(new Secret("no.such.token"), Tunnel.http(port())));
      assertThat(bad.awaitEnd().kind()).isEqualTo(ClientEnd.Kind.UNAUTHORIZED);
    }

    tunnel.connect(Tunnel.http(port()));

    assertThat(tunnel.server().clients()).isEqualTo(2);
  }

  @Test
  void anAddressThatGoesOnFailingIsTurnedAwayBeforeTls() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Socket socket = connectToTunnelPort("127.0.0.9")) {
        socket.getOutputStream().write("no TLS at all".getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readAllBytes().length).isLessThan(100);
      }
    }

    try (Socket socket = connectToTunnelPort("127.0.0.9")) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1); // it has said nothing yet
    }
    tunnel.connect(Tunnel.http(port())); // from another address
  }

  private Socket connectToTunnelPort() throws IOException {
    return connectToTunnelPort("127.0.0.1");
  }

  private Socket connectToTunnelPort(String from) throws IOException {
    Socket socket =
        new Socket(
            tunnel.server().tunnelAddress().getAddress(),
            tunnel.server().tunnelAddress().getPort(),
            InetAddress.getByName(from),
            0);
    socket.setSoTimeout(20_000);
    return socket;
  }
}
