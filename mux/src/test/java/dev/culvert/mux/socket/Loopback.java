package dev.culvert.mux.socket;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/**
 * One event loop of a transport, and connections from it to plain blocking sockets of the test's
 * thread. Aborts the test where the transport does not work.
 */
final class Loopback implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final EventLoopGroup group;
  private final Transport transport;
  private final CountingIo io;
  private final ServerSocket listener;

  Loopback(Transport transport) throws IOException {
    assumeTrue(transport.unavailability() == null, () -> transport + " does not work here");
    this.transport = transport;
    io = new CountingIo(transport.ioHandlerFactory());
    group = new MultiThreadIoEventLoopGroup(1, io);
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** A new connection whose channel allows half-closure. */
  LoopbackConnection open() throws Exception {
    Inbox inbox = new Inbox();
    SocketChannel channel =
        (SocketChannel)
            new Bootstrap()
                .group(group)
                .channelFactory(transport.socketChannel())
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(inbox)
                .connect(listener.getLocalSocketAddress())
                .sync()
                .channel();
    Socket peer = listener.accept();
    peer.setSoTimeout((int) PATIENCE.toMillis());
    return new LoopbackConnection(channel, peer, inbox);
  }

  /**
   * Fails if a socket of the loop keeps reporting: counts the events handled while the loop, left
   * alone, waits for a timer. A loop that spins handles thousands, whatever the wait really takes.
   */
  void assertQuiet() throws Exception {
    long before = io.events();
    long after = group.schedule(io::events, 100, MILLISECONDS).get();
    assertThat(after - before).as("events handled by an idle loop").isLessThan(20);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    group.shutdownGracefully(0, PATIENCE.toSeconds(), SECONDS).syncUninterruptibly();
  }
}
