package dev.culvert.mux.socket;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.mux.netty.Patience;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DialerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(Patience.SECONDS_AT_MOST);

  private static final ChannelHandler NOTHING =
      new ChannelInitializer<Channel>() {
        @Override
        protected void initChannel(Channel channel) {}
      };

  private final EventLoopGroup group = Transport.NIO.newEventLoopGroup(1, "dialer");
  private final EventLoop loop = group.next();
  private final Dialer dialer = new Dialer(Transport.NIO, TIMEOUT);

  @AfterEach
  void close() {
    group.shutdownGracefully(50, TIMEOUT.toMillis(), MILLISECONDS).syncUninterruptibly();
  }

  private static ServerSocket listener(String address) throws IOException {
    return new ServerSocket(0, 50, InetAddress.getByName(address));
  }

  private static InetAddress[] addresses(String... literals) throws UnknownHostException {
    InetAddress[] addresses = new InetAddress[literals.length];
    for (int i = 0; i < literals.length; i++) {
      addresses[i] = InetAddress.getAllByName(literals[i])[0];
    }
    return addresses;
  }

  private Channel dial(String host, int port) throws Exception {
    return Patience.await(dialer.dial(loop, host, port, NOTHING));
  }

  @ParameterizedTest
  @EnumSource
  void connectionWaitsUnreadAndMayBeHalfClosed(Transport transport) throws Exception {
    assumeTrue(transport.unavailability() == null);
    EventLoopGroup loops = transport.newEventLoopGroup(1, "dialer");
    try (ServerSocket listener = listener("127.0.0.1")) {
      EventLoop loopOfTransport = loops.next();
      Channel channel =
          Patience.await(
              new Dialer(transport, TIMEOUT)
                  .dial(loopOfTransport, "localhost", listener.getLocalPort(), NOTHING));

      assertThat(channel.isActive()).isTrue();
      assertThat(channel.eventLoop()).isSameAs(loopOfTransport);
      assertThat(channel.config().isAutoRead()).isFalse();
      assertThat(channel.config().getOption(ChannelOption.ALLOW_HALF_CLOSURE)).isTrue();
      assertThat(channel.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
      Patience.await(channel.close());
    } finally {
      loops.shutdownGracefully(50, TIMEOUT.toMillis(), MILLISECONDS).syncUninterruptibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "::ffff:127.0.0.1"})
  void everyWayToWriteThisMachineIsDialled(String host) throws Exception {
    try (ServerSocket listener = listener("127.0.0.1");
        Socket accepted = accept(listener, dial(host, listener.getLocalPort()))) {
      assertThat(accepted.isConnected()).isTrue();
    }
  }

  private static Socket accept(ServerSocket listener, Channel dialled) throws IOException {
    assertThat(dialled.isActive()).isTrue();
    return listener.accept();
  }

  @Test
  void localhostIsTheSixthVersionsWhereTheFourthRefuses() throws Exception {
    ServerSocket listener;
    try {
      listener = listener("::1");
    } catch (IOException e) {
      assumeTrue(false, "no IPv6 here");
      return;
    }
    try (listener) {
      assertThat(dial("localhost", listener.getLocalPort()).isActive()).isTrue();
    }
  }

  @Test
  void addressThatDoesNotAnswerHoldsUpTheNextForAMomentOnly() throws Exception {
    BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();
    BlockingQueue<Channel> active = new LinkedBlockingQueue<>();
    try (ServerSocket answering = listener("127.0.0.2");
        FullListener silent = FullListener.at("127.0.0.1", answering.getLocalPort())) {
      Dialer toBoth =
          new Dialer(
              Transport.NIO, TIMEOUT.multipliedBy(3), host -> addresses("127.0.0.1", "127.0.0.2"));

      Channel winner =
          Patience.await(
              toBoth.dial(loop, "two.test", answering.getLocalPort(), new Watch(channels, active)));

      assertThat(winner.remoteAddress().toString()).contains("127.0.0.2");
      Channel loser = Patience.take(channels);
      assertThat(loser).isNotSameAs(winner);
      Patience.await(loser.closeFuture());
      assertThat(Patience.take(active)).isSameAs(winner);
      assertThat(active).isEmpty();
      assertThat(silent.isFull()).isTrue();
    }
  }

  @Test
  void addressesTakeTurnsByFamily() throws Exception {
    List<InetAddress> found =
        List.of(
            addresses(
                "fe80::1",
                "fe80::2",
                "fe80::3",
                "fe80::4",
                "fe80::5",
                "fe80::6",
                "fe80::7",
                "127.0.0.1",
                "127.0.0.2"));

    assertThat(Dialer.inTurns(found).stream().map(InetAddress::getHostAddress))
        .containsExactly(
            "fe80:0:0:0:0:0:0:1",
            "127.0.0.1",
            "fe80:0:0:0:0:0:0:2",
            "127.0.0.2",
            "fe80:0:0:0:0:0:0:3",
            "fe80:0:0:0:0:0:0:4",
            "fe80:0:0:0:0:0:0:5",
            "fe80:0:0:0:0:0:0:6");
    assertThat(Dialer.inTurns(List.of())).isEmpty();
  }

  @Test
  void whereNoneAnswersTheFirstAddressSaysWhy() throws Exception {
    int port;
    try (ServerSocket listener = listener("127.0.0.1")) {
      port = listener.getLocalPort();
    }
    Dialer toThree =
        new Dialer(Transport.NIO, TIMEOUT, host -> addresses("127.0.0.4", "::1", "127.0.0.5"));

    assertThatThrownBy(() -> Patience.await(toThree.dial(loop, "three.test", port, NOTHING)))
        .hasCauseInstanceOf(ConnectException.class)
        .hasMessageContaining("127.0.0.4");
  }

  @Test
  void nobodyListeningIsARefusal() throws Exception {
    int port;
    try (ServerSocket listener = listener("127.0.0.1")) {
      port = listener.getLocalPort();
    }

    assertThatThrownBy(() -> dial("localhost", port))
        .hasCauseInstanceOf(ConnectException.class)
        .hasMessageContaining("refused");
  }

  /** None of them fits into a question to the DNS, so that no look-up leaves this machine. */
  @ParameterizedTest
  @ValueSource(strings = {"nowhere..invalid", "a host", "http://host"})
  void hostThatIsNotKnownIsAFailureThatNamesIt(String host) {
    assertThatThrownBy(() -> dial(host, 80))
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("the host " + host + " is not known");
  }

  @Test
  void initializerIsInThePipelineBeforeTheConnectionIsThere() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (ServerSocket listener = listener("127.0.0.1")) {
      dialer.dial(
          loop,
          "localhost",
          listener.getLocalPort(),
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRegistered(ChannelHandlerContext ctx) {
              heard.add("registered");
            }

            @Override
            public void channelActive(ChannelHandlerContext ctx) {
              heard.add("active");
            }
          });

      assertThat(Patience.take(heard)).isEqualTo("registered");
      assertThat(Patience.take(heard)).isEqualTo("active");
    }
  }

  @Test
  void connectionNobodyWaitsForIsClosed() throws Exception {
    try (ServerSocket listener = listener("127.0.0.1")) {
      listener.setSoTimeout((int) TIMEOUT.toMillis());
      AtomicReference<Future<Channel>> dialling = new AtomicReference<>();
      ChannelHandler impatient =
          new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
              dialling.get().cancel(false);
            }
          };
      loop.submit(() ->
              dialling.set(dialer.dial(loop, "127.0.0.1", listener.getLocalPort(), impatient)))
          .get();

      try (Socket accepted = listener.accept()) {
        accepted.setSoTimeout((int) TIMEOUT.toMillis());
        assertThat(accepted.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(dialling.get().isCancelled()).isTrue();
    }
  }

  @Test
  void lookUpThatOutlivesItsLoopIsForgotten() throws Exception {
    BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
    try {
      close();
      for (int i = 0; i < 20; i++) {
        var _ = dialer.dial(loop, "nowhere..invalid", 80, NOTHING);
      }

      assertThat(uncaught.poll(500, MILLISECONDS)).isNull();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  /** Notes each channel, and each that has been connected. */
  @ChannelHandler.Sharable
  private static final class Watch extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<Channel> channels;
    private final BlockingQueue<Channel> active;

    Watch(BlockingQueue<Channel> channels, BlockingQueue<Channel> active) {
      this.channels = channels;
      this.active = active;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      channels.add(ctx.channel());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      active.add(ctx.channel());
    }
  }

  /** A listener whose queue is full: the kernel lets further connections wait unanswered. */
  private record FullListener(ServerSocket listener, List<SocketChannel> queued)
      implements AutoCloseable {
    static FullListener at(String address, int port) throws IOException {
      ServerSocket listener = new ServerSocket(port, 1, InetAddress.getByName(address));
      List<SocketChannel> queued = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(listener.getLocalSocketAddress());
        queued.add(channel);
      }
      return new FullListener(listener, queued);
    }

    boolean isFull() {
      return queued.stream().anyMatch(SocketChannel::isConnectionPending);
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel channel : queued) {
        channel.close();
      }
      listener.close();
    }
  }
}
