package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.ClientConfig;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.agent.SessionFacts;
import dev.culvert.server.log.AccessLogSettings;
import dev.culvert.server.log.Format;
import dev.culvert.server.visitor.Networks;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.server.visitor.VisitorSettings;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A server behind a balancer that sends PROXY headers, from loopback. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class BalancerTest {
  private static final int SHARE = 2;

  @TempDir private Path state;
  private Path accessLog;
  private Tunnel tunnel;
  private SampleApp app;

  @BeforeEach
  void start() throws Exception {
    accessLog = state.resolve("access.log");
    Networks loopback = Networks.of(List.of("127.0.0.0/8"));
    tunnel =
        Tunnel.start(
            ServerConfig.local(state)
                .withHttps(Tunnel.ANY_PORT)
                .withThreads(2)
                .withVisitors(new VisitorSettings(TrustedProxies.NONE, loopback, SHARE))
                .withAccessLog(new AccessLogSettings(accessLog, Format.JSON, true)));
    app = SampleApp.start(Tunnel.ANY_PORT);
  }

  @AfterEach
  void stop() {
    tunnel.close();
    app.close();
  }

  private Client connect() throws Exception {
    return tunnel.connect(Tunnel.http(app.address().getPort()));
  }

  private static URI through(Balancer balancer, URI url) {
    return URI.create(url.getScheme() + "://" + url.getHost() + ":" + balancer.port());
  }

  private static String headersSeen(RawVisitor visitor) throws IOException {
    visitor.request("GET", "/headers");
    return visitor.readBodyOfNextResponse();
  }

  @Test
  void theServiceSeesTheVisitorThatTheBalancerTells() throws Exception {
    Client client = connect();
    try (Balancer balancer = Balancer.start(client.http().getPort(), "192.0.2.7");
        RawVisitor visitor = RawVisitor.to(through(balancer, client.http()))) {
      assertThat(headersSeen(visitor)).contains("\"x-forwarded-for\", \"value\": \"192.0.2.7\"");
    }
  }

  @Test
  void overTlsToo() throws Exception {
    Client client = connect();
    try (Balancer balancer = Balancer.start(client.https().getPort(), "192.0.2.7");
        RawVisitor visitor = RawVisitor.to(through(balancer, client.https()))) {
      assertThat(headersSeen(visitor))
          .contains("\"x-forwarded-for\", \"value\": \"192.0.2.7\"")
          .contains("\"x-forwarded-proto\", \"value\": \"https\"");
    }
  }

  @Test
  void aVisitorOfATcpTunnelIsLoggedAsTheBalancerTells() throws Exception {
    try (LocalService service =
        LocalService.start(
            socket -> socket.getOutputStream().write(socket.getInputStream().readAllBytes()))) {
      Client client = tunnel.connect(Tunnel.tcp(service.port()));
      try (Socket visitor = new Socket(InetAddress.getLoopbackAddress(), client.port())) {
        visitor.setSoTimeout(20_000);
        visitor.getOutputStream().write(bytes(Balancer.header("192.0.2.7") + "hel"));
        visitor.getOutputStream().write(bytes("lo"));
        visitor.shutdownOutput();

        assertThat(visitor.getInputStream().readAllBytes()).isEqualTo(bytes("hello"));
      }
    }
    tunnel.close(); // writes what is left of the log

    assertThat(Files.readString(accessLog))
        .contains("\"kind\":\"tcp\",\"address\":\"192.0.2.7\"")
        .contains("\"bytesIn\":5,\"bytesOut\":5}");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void whoSendsNoHeaderIsNotServed() throws Exception {
    Client client = connect();
    try (RawVisitor visitor = RawVisitor.to(client.http())) {
      visitor.request("GET", "/headers");

      assertThat(readToEnd(visitor)).isEmpty();
    }
  }

  private static String readToEnd(RawVisitor visitor) throws IOException {
    try {
      return new String(visitor.in().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      return ""; // it was closed with bytes unread
    }
  }

  @Test
  void anAddressBehindTheBalancerHasItsShareAndOthersHaveTheirs() throws Exception {
    Client client = connect();
    try (Balancer one = Balancer.start(client.http().getPort(), "192.0.2.7");
        Balancer other = Balancer.start(client.http().getPort(), "192.0.2.8");
        RawVisitor first = RawVisitor.to(through(one, client.http()));
        RawVisitor second = RawVisitor.to(through(one, client.http()))) {
      assertThat(headersSeen(first)).contains("192.0.2.7");
      assertThat(headersSeen(second)).contains("192.0.2.7");

      try (RawVisitor third = RawVisitor.to(through(one, client.http()));
          RawVisitor another = RawVisitor.to(through(other, client.http()))) {
        assertThat(readToEnd(third)).isEmpty();
        assertThat(headersSeen(another)).contains("192.0.2.8");
        assertThat(headersSeen(first)).contains("192.0.2.7");
      }
    }
  }

  private ClientConfig through(Balancer balancer) throws Exception {
    return new ClientConfig(
        "127.0.0.1",
        balancer.port(),
        Trust.pinned(tunnel.server().pin()),
        tunnel.newToken(),
        ClientConfig.newInstance(),
        List.of(Tunnel.http(app.address().getPort())));
  }

  @Test
  void aClientIsKnownByTheAddressThatTheBalancerTells() throws Exception {
    int port = tunnel.server().httpsAddress().getPort();
    try (Balancer balancer = Balancer.start(port, "192.0.2.7")) {
      tunnel.start(through(balancer)).awaitOpened(1);

      assertThat(tunnel.server().sessions())
          .singleElement()
          .extracting(SessionFacts::address)
          .isEqualTo("192.0.2.7:40000");
    }
  }

  @Test
  void clientsAreNoVisitorsAndTakeNothingOfTheirShare() throws Exception {
    int port = tunnel.server().httpsAddress().getPort();
    try (Balancer balancer = Balancer.start(port, "192.0.2.7")) {
      for (int i = 0; i < 2 * SHARE; i++) {
        tunnel.start(through(balancer)).awaitOpened(1);
      }

      assertThat(tunnel.server().sessions()).hasSize(2 * SHARE);
    }
  }

  @Test
  void failuresAreCountedByTheAddressThatTheBalancerTells() throws Exception {
    int port = tunnel.server().httpsAddress().getPort();
    try (Balancer bad = Balancer.start(port, "192.0.2.9");
        Balancer good = Balancer.start(port, "192.0.2.7")) {
      InetSocketAddress badAddress =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), bad.port());
      for (int i = 0; i < 25; i++) {
        RawHello.of(RawHello.TLS_1_2, 0xc02f).offering("culvert/1").sendTo(badAddress);
      }

      RawAnswer turnedAway =
          RawHello.of(RawHello.TLS_1_3, 0x1301).offering("culvert/1").sendTo(badAddress);

      assertThat(turnedAway).isEqualTo(RawAnswer.CLOSED);
      tunnel.start(through(good)).awaitOpened(1);
      assertThat(tunnel.server().sessions()).hasSize(1);
    }
  }
}
