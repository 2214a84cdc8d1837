package dev.culvert.server.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.ConnectionLimit;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.StreamOpener;
import dev.culvert.server.rules.Gate;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.visitor.Doorway;
import dev.culvert.server.visitor.Networks;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ports of TCP tunnels: whose they are, and what a visitor costs. */
final class TcpEdgeTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final EventLoopGroup loop = Transport.NIO.newEventLoopGroup(1, "tcp");
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Opens opens = new Opens();
  private final ConnectionLimit limit = new ConnectionLimit(1);
  private final TcpEdge edge =
      new TcpEdge(loop, Transport.NIO, LOOPBACK, limit, Doorway.open(), AccessLog.off(), channels);
  private int port;

  @BeforeEach
  void findPort() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void close() {
    channels.close().awaitUninterruptibly();
    loop.shutdownGracefully(0, EdgeGround.PATIENCE_SECONDS, SECONDS).syncUninterruptibly();
  }

  private Route route() {
    return new Route(TunnelKind.TCP, "", port, 1, "test", opens);
  }

  private static boolean await(Future<?> future) {
    assertThat(future.awaitUninterruptibly(EdgeGround.PATIENCE_SECONDS, SECONDS)).isTrue();
    return future.isSuccess();
  }

  private Socket visit() throws IOException {
    Socket visitor = new Socket(LOOPBACK, port);
    visitor.setSoTimeout(EdgeGround.PATIENCE_SECONDS * 1000);
    return visitor;
  }

  @Test
  void portPassesToTheNextRoute() {
    Route first = route();
    assertThat(await(edge.listen(first))).isTrue();

    edge.stop(first);

    assertThat(await(edge.listen(route()))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"'', 127.0.0.1", "10.0.0.0/8, ''", "127.0.0.0/8, 127.0.0.1"})
  void visitorOfAnAddressThatIsNotLetInIsCut(String allow, String deny) throws Exception {
    RulesDraft rules = new RulesDraft();
    if (!allow.isEmpty()) {
      rules.cidrAllow.add(allow);
    }
    if (!deny.isEmpty()) {
      rules.cidrDeny.add(deny);
    }
    try (RuleBook book = new RuleBook(() -> 443)) {
      Gate gate = book.gate(rules.finished());
      await(edge.listen(new Route(TunnelKind.TCP, "", "", port, 1, "test", gate, opens)));

      try (Socket visitor = visit()) {
        assertThatThrownBy(() -> visitor.getInputStream().read()).isInstanceOf(IOException.class);
      }
    }
    assertThat(opens.preambles).isEmpty();
  }

  @Test
  void portThatIsNotFreeIsAFailure() throws Exception {
    try (ServerSocket other = new ServerSocket(port, 1, LOOPBACK)) {
      assertThat(await(edge.listen(route()))).isFalse();
      assertThat(other.isBound()).isTrue();
    }
  }

  @Test
  void tunnelThatIsClosedWhileItsPortIsNotYetFreeLeavesNoListener() throws Exception {
    Route first = route();
    assertThat(await(edge.listen(first))).isTrue();
    CountDownLatch busy = new CountDownLatch(1);
    loop.execute(() -> awaitUninterruptibly(busy));
    edge.stop(first);
    Route second = route();
    Future<Void> listening = edge.listen(second);

    edge.stop(second);
    busy.countDown();

    assertThat(await(listening)).isFalse();
    try (ServerSocket free = new ServerSocket(port, 1, LOOPBACK)) {
      assertThat(free.isBound()).isTrue();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(EdgeGround.PATIENCE_SECONDS, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void visitorBeyondTheLimitOpensNoStream() throws Exception {
    assertThat(await(edge.listen(route()))).isTrue();
    try (Socket first = visit()) {
      assertThat(opens.preambles.poll(EdgeGround.PATIENCE_SECONDS, SECONDS)).isNotNull();
      try (Socket second = visit()) {
        assertThat(second.getInputStream().read()).isNegative();
      }

      assertThat(opens.preambles).isEmpty();
      assertThat(first.isConnected()).isTrue();
    }
  }

  @Test
  void visitorWhoseStreamIsNotOpenedIsReset() throws Exception {
    assertThat(await(edge.listen(route()))).isTrue();
    try (Socket visitor = visit()) {
      StreamOpen preamble = opens.preambles.poll(EdgeGround.PATIENCE_SECONDS, SECONDS);
      assertThat(preamble)
          .extracting(StreamOpen::visitor)
          .isEqualTo(visitor.getLocalSocketAddress());

      opens.last.setFailure(new IOException("the client is not connected"));

      assertThatThrownBy(() -> visitor.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void visitorOfABalancerIsToldToTheClientBehindItsHeaderOnly() throws Exception {
    Doorway doorway = new Doorway(Networks.of(List.of("127.0.0.0/8")), Networks.NONE, 1);
    TcpEdge balanced =
        new TcpEdge(loop, Transport.NIO, LOOPBACK, limit, doorway, AccessLog.off(), channels);
    assertThat(await(balanced.listen(route()))).isTrue();
    try (Socket visitor = visit()) {
      visitor.getOutputStream().write("PROXY TCP4 192.0.2.7 198.51.100.1 ".getBytes(US_ASCII));
      await(loop.submit(() -> {}));
      assertThat(opens.preambles).isEmpty();

      visitor.getOutputStream().write("4000 443\r\nSSH-2.0-x".getBytes(US_ASCII));

      StreamOpen preamble = opens.preambles.poll(EdgeGround.PATIENCE_SECONDS, SECONDS);
      assertThat(preamble).isNotNull();
      assertThat(preamble.visitor()).hasToString("/192.0.2.7:4000");
      assertThat(preamble.publicAddress()).hasToString("/198.51.100.1:443");
    }
  }

  @Test
  void visitorIsOnTheEventLoopOfItsTunnel() throws Exception {
    EventLoopGroup others = Transport.NIO.newEventLoopGroup(1, "tunnel");
    try {
      opens.loop = others.next();
      assertThat(await(edge.listen(route()))).isTrue();
      try (Socket visitor = visit()) {
        assertThat(opens.preambles.poll(EdgeGround.PATIENCE_SECONDS, SECONDS)).isNotNull();

        assertThat(channels.stream())
            .filteredOn(SocketChannel.class::isInstance)
            .singleElement()
            .extracting(Channel::eventLoop)
            .isSameAs(opens.loop);
        assertThat(visitor.isConnected()).isTrue();
      }
    } finally {
      channels.close().awaitUninterruptibly();
      others.shutdownGracefully(0, EdgeGround.PATIENCE_SECONDS, SECONDS).syncUninterruptibly();
    }
  }

  /** Notes what is to be opened, and leaves it open whether it is. */
  private static final class Opens implements StreamOpener {
    private final BlockingQueue<StreamOpen> preambles = new LinkedBlockingQueue<>();
    private final Promise<StreamChannel> last = GlobalEventExecutor.INSTANCE.newPromise();

    private @Nullable EventLoop loop;

    @Override
    public @Nullable EventLoop loop() {
      return loop;
    }

    @Override
    public Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer) {
      preambles.add(preamble);
      return last;
    }
  }
}
