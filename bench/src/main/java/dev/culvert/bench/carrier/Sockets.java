package dev.culvert.bench.carrier;

import dev.culvert.mux.socket.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The sockets that benchmarks run on: the project's two transports, and Netty's io_uring. */
public enum Sockets {
  EPOLL(Transport.EPOLL),
  NIO(Transport.NIO),

  /** Half-closed connections stall on it (decision 0002), so only benchmarks have it. */
  IO_URING(null);

  private final @Nullable Transport transport;

  Sockets(@Nullable Transport transport) {
    this.transport = transport;
  }

  /** Whether tunnels may run on these. */
  public boolean isInTheProduct() {
    return transport != null;
  }

  /** Why io_uring, where this is io_uring, does not work here, or null if it does. */
  public @Nullable String unavailability() {
    return transport != null || IoUring.isAvailable()
        ? null
        : "there is no io_uring here: " + IoUring.unavailabilityCause();
  }

  /**
   * As {@link Transport#newEventLoopGroup}.
   *
   * @throws IllegalStateException io_uring does not work here; the message says why
   */
  public EventLoopGroup newEventLoopGroup(int threads, String threadNamePrefix) {
    if (transport != null) {
      return transport.newEventLoopGroup(threads, threadNamePrefix);
    }
    String obstacle = unavailability();
    if (obstacle != null) {
      throw new IllegalStateException("skipped, " + obstacle);
    }
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(threadNamePrefix), IoUringIoHandler.newFactory());
  }

  public ChannelFactory<? extends ServerSocketChannel> serverChannel() {
    return transport == null ? IoUringServerSocketChannel::new : transport.serverChannel();
  }

  public ChannelFactory<? extends SocketChannel> socketChannel() {
    return transport == null ? IoUringSocketChannel::new : transport.socketChannel();
  }

  /** As {@link Transport#limitUnsent}. */
  public void limitUnsent(Channel channel, int bytes) {
    if (transport == null) {
      channel.config().setOption(IoUringChannelOption.TCP_NOTSENT_LOWAT, (long) bytes);
    } else {
      transport.limitUnsent(channel, bytes);
    }
  }

  /**
   * As {@link Transport#unpace}, for a connected socket; io_uring's takes what epoll's does. On NIO
   * the baselines are paced, as tunnels are.
   */
  public void unpace(Channel channel) {
    (transport == null ? Transport.EPOLL : transport)
        .unpace(channel, (InetSocketAddress) channel.remoteAddress());
  }
}
