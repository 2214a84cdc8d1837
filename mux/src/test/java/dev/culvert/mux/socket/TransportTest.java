package dev.culvert.mux.socket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class TransportTest {
  private final UnsatisfiedLinkError notLoaded = new UnsatisfiedLinkError("no library");

  @Test
  void epollIsChosenWhereItLoads() {
    assertThat(Transport.choose(null, null)).isEqualTo(Transport.EPOLL);
  }

  @Test
  void nioIsChosenWhereEpollDoesNotLoad() {
    assertThat(Transport.choose(null, notLoaded)).isEqualTo(Transport.NIO);
  }

  @Test
  void thePropertyOverrides() {
    assertThat(Transport.choose("nio", null)).isEqualTo(Transport.NIO);
    assertThat(Transport.choose("epoll", null)).isEqualTo(Transport.EPOLL);
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transport.choose("kqueue", null))
        .withMessage("system property culvert.transport: kqueue (expected: nio or epoll)");
  }

  @Test
  void epollByNameIsRefusedWithTheCauseWhereItDoesNotLoad() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Transport.choose("epoll", notLoaded))
        .withMessageContaining("culvert.transport=nio")
        .withCause(notLoaded);
  }

  @Test
  void epollLoadsOnLinux() {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
    assumeThat(System.getProperty("os.arch")).isIn("amd64", "aarch64");
    assertThat(Transport.EPOLL.unavailability()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void channelsFitTheEventLoopsOfTheirTransport(Transport transport) throws Exception {
    try (Loopback loopback = new Loopback(transport);
        LoopbackConnection connection = loopback.open()) {
      assertThat(connection.channel().isActive()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theUnsentLimitReachesTheKernelWhereItCan(Transport transport) throws Exception {
    try (Loopback loopback = new Loopback(transport);
        LoopbackConnection connection = loopback.open()) {
      transport.limitUnsent(connection.channel(), 65_536);

      Long limit = connection.channel().config().getOption(EpollChannelOption.TCP_NOTSENT_LOWAT);
      assertThat(limit).isEqualTo(transport == Transport.EPOLL ? 65_536L : null);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> transport.limitUnsent(connection.channel(), 0))
          .withMessage("bytes: 0 (expected: > 0)");
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionsWithinTheMachineAreNotPaced(Transport transport) throws Exception {
    InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    assumeThat(LoopbackPath.isPaced(local)).as("the kernel's congestion control is BBR").isTrue();
    try (Loopback loopback = new Loopback(transport);
        LoopbackConnection connection = loopback.open()) {
      transport.unpace(connection.channel(), new InetSocketAddress("192.0.2.1", 1));
      assertThat(congestionControl(connection.channel())).isIn("bbr", null);

      transport.unpace(connection.channel(), local);

      assertThat(congestionControl(connection.channel()))
          .isEqualTo(transport == Transport.EPOLL ? "reno" : null);
    }
  }

  private static @Nullable String congestionControl(Channel channel) {
    RawUnixChannelOption option = new RawUnixChannelOption("TCP_CONGESTION", 6, 13, 4);
    ByteBuffer name = channel.config().getOption(option);
    return name == null ? null : US_ASCII.decode(name).toString().replace("\0", "");
  }

  @Test
  void eventLoopThreadsCarryThePrefix() throws Exception {
    EventLoopGroup group = Transport.NIO.newEventLoopGroup(1, "tunnel");
    try {
      String name = group.submit(() -> Thread.currentThread().getName()).get(10, SECONDS);

      assertThat(name).matches("tunnel-\\d+-1");
    } finally {
      group.shutdownGracefully(0, 10, SECONDS).sync();
    }
  }

  @Test
  void aGroupHasAtLeastOneThread() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transport.NIO.newEventLoopGroup(0, "tunnel"))
        .withMessage("threads: 0 (expected: > 0)");
  }
}
