package dev.culvert.mux.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a process does its socket I/O: event loops and the channels that fit them, from one place, so
 * that the two never mix. Every method may be called from any thread.
 */
public enum Transport {
  /** Netty's native epoll behind {@link HalfCloseSafeEpoll}: Linux on x86-64 and 64-bit ARM. */
  EPOLL {
    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return new HalfCloseSafeEpoll();
    }

    @Override
    public ChannelFactory<? extends ServerSocketChannel> serverChannel() {
      return EpollServerSocketChannel::new;
    }

    @Override
    public ChannelFactory<? extends SocketChannel> socketChannel() {
      return EpollSocketChannel::new;
    }

    @Override
    public void limitUnsent(Channel channel, int bytes) {
      checkUnsentLimit(bytes);
      channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) bytes);
    }

    @Override
    public void unpace(Channel channel, @Nullable InetSocketAddress peer) {
      if (LoopbackPath.isPaced(peer)) {
        LoopbackPath.unpace(channel);
      }
    }

    @Override
    public @Nullable Throwable unavailability() {
      return Epoll.unavailabilityCause();
    }
  },

  /** The JDK's selectors: everywhere. */
  NIO {
    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return NioIoHandler.newFactory();
    }

    @Override
    public ChannelFactory<? extends ServerSocketChannel> serverChannel() {
      return NioServerSocketChannel::new;
    }

    @Override
    public ChannelFactory<? extends SocketChannel> socketChannel() {
      return NioSocketChannel::new;
    }

    @Override
    public void limitUnsent(Channel channel, int bytes) {
      checkUnsentLimit(bytes);
    }

    @Override
    public void unpace(Channel channel, @Nullable InetSocketAddress peer) {}

    @Override
    public @Nullable Throwable unavailability() {
      return null;
    }
  };

  private static final String PROPERTY = "culvert.transport";

  /**
   * The transport this process should use: what the system property {@code culvert.transport}
   * (epoll or nio) names, else {@link #EPOLL} where its native library loads, else {@link #NIO}.
   *
   * @throws IllegalArgumentException the property names no transport
   * @throws IllegalStateException the property names one that does not work here; the cause says
   *     why
   */
  public static Transport preferred() {
    return choose(System.getProperty(PROPERTY), EPOLL.unavailability());
  }

  static Transport choose(@Nullable String wanted, @Nullable Throwable epollUnavailability) {
    return switch (wanted) {
      case null -> epollUnavailability == null ? EPOLL : NIO;
      case "nio" -> NIO;
      case "epoll" -> {
        if (epollUnavailability != null) {
          throw new IllegalStateException(
              "system property "
                  + PROPERTY
                  + " is epoll, but Netty's native epoll library does not load here: put"
                  + " netty-transport-native-epoll for this platform on the class path, set "
                  + PROPERTY
                  + "=nio, or unset it",
              epollUnavailability);
        }
        yield EPOLL;
      }
      default ->
          throw new IllegalArgumentException(
              "system property " + PROPERTY + ": " + wanted + " (expected: nio or epoll)");
    };
  }

  /** A factory of I/O handlers for event loops; each call gives a new one. */
  public abstract IoHandlerFactory ioHandlerFactory();

  /** Makes listening channels for the event loops of this transport. */
  public abstract ChannelFactory<? extends ServerSocketChannel> serverChannel();

  /** Makes connecting channels for the event loops of this transport. */
  public abstract ChannelFactory<? extends SocketChannel> socketChannel();

  /**
   * Has the kernel take no further data for an open socket of this transport while it holds {@code
   * bytes} or more that are unsent, so that what waits, waits where it can still be put in order.
   * Does nothing where the transport has no such setting ({@code TCP_NOTSENT_LOWAT}).
   *
   * @throws IllegalArgumentException {@code bytes} is not positive
   */
  public abstract void limitUnsent(Channel channel, int bytes);

  /**
   * Has the kernel send without pauses on an open socket of this transport whose peer has a
   * loopback address. Does nothing where it has another, where the kernel does not pace, or where
   * the transport has no such setting ({@code TCP_CONGESTION}).
   */
  public abstract void unpace(Channel channel, @Nullable InetSocketAddress peer);

  /** Why this transport does not work in this process, or null if it does. */
  public abstract @Nullable Throwable unavailability();

  /**
   * Starts a group of event loops; the caller owns it and shuts it down. Threads start with their
   * first task and are not daemons.
   *
   * @param threads the number of event loops, each with one thread
   * @param threadNamePrefix for a thread named {@code prefix-group-loop}, both counted from 1
   * @throws IllegalArgumentException {@code threads} is not positive
   */
  public EventLoopGroup newEventLoopGroup(int threads, String threadNamePrefix) {
    if (threads <= 0) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: > 0)");
    }
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(threadNamePrefix), ioHandlerFactory());
  }

  private static void checkUnsentLimit(int bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: > 0)");
    }
  }
}
