package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.socket.ConnectionLimit;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many connections may be on their way through the handshake. */
final class DoorkeeperTest {
  private static final String HERE = "192.0.2.1";
  private static final String THERE = "192.0.2.2";

  private AgentGround ground;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new AgentGround(state);
  }

  @AfterEach
  void close() {
    ground.close();
  }

  private List<TestClient> connect(int count, String address) {
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(TestClient.at(address, ground));
    }
    return clients;
  }

  private static long open(List<TestClient> clients) {
    return clients.stream().filter(client -> client.server.isOpen()).count();
  }

  @Test
  void anAddressHasItsShareOfThePlaces() {
    List<TestClient> here = connect(Doorkeeper.SHARE + 10, HERE);

    assertThat(open(here)).isEqualTo(Doorkeeper.SHARE);
    assertThat(open(connect(1, THERE))).isEqualTo(1);
    here.getFirst().cut();
    assertThat(open(connect(2, HERE))).isEqualTo(1);
  }

  @Test
  void anIpv6NetworkHasOneShare() {
    for (int i = 0; i < Doorkeeper.SHARE; i++) {
      assertThat(open(connect(1, "2001:db8:0:1::" + Integer.toHexString(i)))).isEqualTo(1);
    }

    assertThat(open(connect(1, "2001:db8:0:1:ffff:ffff:ffff:ffff"))).isZero();
    assertThat(open(connect(1, "2001:db8:0:2::1"))).isEqualTo(1);
  }

  @Test
  void anAddressThatIsKnownHasALargerShare() throws Exception {
    TestClient.at(HERE, ground).greet(ground.hello(AgentGround.ANN, null));

    assertThat(open(connect(2 * Doorkeeper.KNOWN_SHARE, HERE))).isEqualTo(Doorkeeper.KNOWN_SHARE);
    assertThat(open(connect(1, THERE))).isEqualTo(1);
  }

  @Test
  void thereIsABoundForAllAddresses() {
    int open = 0;
    for (int i = 1; i <= 10; i++) {
      open += (int) open(connect(Doorkeeper.SHARE, "198.51.100." + i));
    }

    assertThat(open).isEqualTo(256);
    assertThat(ground.acceptor.limit().connections()).isEqualTo(256);
  }

  @Test
  void whoIsLetInGivesItsPlaceBack() throws Exception {
    List<TestClient> here = connect(Doorkeeper.SHARE, HERE);

    for (TestClient client : here) {
      client.greet(ground.hello(AgentGround.ANN, null));
    }

    assertThat(ground.acceptor.limit().connections()).isZero();
    assertThat(ground.acceptor.waitingOrigins()).isZero();
  }

  @Test
  void noAddressIsRememberedForItsConnections() {
    for (int i = 1; i <= 3; i++) {
      connect(2 * Doorkeeper.SHARE, "198.51.100." + i).forEach(TestClient::cut);
    }

    assertThat(ground.acceptor.waitingOrigins()).isZero();
    assertThat(ground.acceptor.limit().connections()).isZero();
  }

  @Test
  void aConnectionThatTurnsOutToBeAClientsChangesFromTheVisitorsLimitToThese() {
    ConnectionLimit visitors = new ConnectionLimit(1000);
    List<EmbeddedChannel> handedOver = new ArrayList<>();
    for (int i = 0; i < Doorkeeper.SHARE + 10; i++) {
      EmbeddedChannel channel = TestClient.channelTo(HERE);
      channel.freezeTime();
      channel.pipeline().addLast(visitors);
      ground.acceptor.accept(channel);
      handedOver.add(channel);
    }

    assertThat(visitors.connections()).isZero();
    assertThat(handedOver.stream().filter(EmbeddedChannel::isOpen)).hasSize(Doorkeeper.SHARE);
    assertThat(ground.acceptor.limit().connections()).isEqualTo(Doorkeeper.SHARE);
  }

  @Test
  void aClientThatIsTurnedAwayLeavesNoTimerBehind() {
    connect(Doorkeeper.SHARE, HERE);

    TestClient oneTooMany = TestClient.at(HERE, ground);

    oneTooMany.server.runPendingTasks();
    assertThat(oneTooMany.server.runScheduledPendingTasks()).isEqualTo(-1);
  }
}
