package dev.culvert.mux.socket;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a host and port, trying each address of the host in turn.
 *
 * <p>Names are looked up off the event loop; {@code localhost} is 127.0.0.1, then ::1, without a
 * look-up. Connections are opened in a task of their own, never within a batch of I/O events, in
 * which a transport may take a stale event for one of the new socket.
 */
public final class Dialer {
  private final Transport transport;
  private final Duration timeout;

  /** A dialer that gives each address {@code timeout}. */
  public Dialer(Transport transport, Duration timeout) {
    this.transport = transport;
    this.timeout = timeout;
  }

  /**
   * Connects; {@code initializer}, which must be sharable, is added before to the pipeline of each
   * channel, one for each address. Auto-read is off and half-closure allowed. Any thread.
   *
   * @param loop the channel's event loop, on which the future completes
   * @return fails with the first address's reason where none answers
   */
  public Future<Channel> dial(EventLoop loop, String host, int port, ChannelHandler initializer) {
    Promise<Channel> promise = loop.newPromise();
    Attempt attempt = new Attempt(loop, port, initializer, promise);
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null && host.indexOf('%') == -1) { // a look-up keeps the zone of fe80::1%eth0
      loop.execute(() -> attempt.start(List.of(address(literal))));
    } else if (host.equalsIgnoreCase("localhost")) {
      loop.execute(() ->
          attempt.start(
              List.of(
                  address(new byte[] {127, 0, 0, 1}),
                  address(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}))));
    } else {
      Thread.ofVirtual().name("culvert-resolver").start(() -> resolve(host, loop, attempt));
    }
    return promise;
  }

  private static void resolve(String host, EventLoop loop, Attempt attempt) {
    Runnable next;
    try {
      List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
      next = () -> attempt.start(addresses);
    } catch (UnknownHostException e) {
      next =
          () -> attempt.promise.tryFailure(new IOException("the host " + host + " is not known"));
    }
    try {
      loop.execute(next);
    } catch (RejectedExecutionException e) {
      // The loop has been shut down meanwhile: nobody waits any more.
    }
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for a wrong number of bytes
    }
  }

  /** One dial, on its event loop. */
  private final class Attempt {
    private final EventLoop loop;
    private final int port;
    private final ChannelHandler initializer;
    private final Promise<Channel> promise;

    Attempt(EventLoop loop, int port, ChannelHandler initializer, Promise<Channel> promise) {
      this.loop = loop;
      this.port = port;
      this.initializer = initializer;
      this.promise = promise;
    }

    void start(List<InetAddress> addresses) {
      connect(addresses, null);
    }

    /** Tries the first address; {@code failure} is why earlier ones failed. */
    private void connect(List<InetAddress> addresses, @Nullable Throwable failure) {
      if (addresses.isEmpty()) {
        promise.tryFailure(failure == null ? new ConnectException("no address") : failure);
        return;
      }
      InetSocketAddress address = new InetSocketAddress(addresses.getFirst(), port);
      ChannelFuture connected =
          new Bootstrap()
              .group(loop)
              .channelFactory(transport.socketChannel())
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
              .option(ChannelOption.AUTO_READ, false)
              .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.SO_KEEPALIVE, true)
              .handler(initializer)
              .connect(address);
      transport.unpace(connected.channel(), address);
      connected.addListener(done -> {
        if (!done.isSuccess()) {
          connect(addresses.subList(1, addresses.size()), failure == null ? done.cause() : failure);
        } else if (!promise.trySuccess(connected.channel())) {
          connected.channel().close(); // nobody waits any more
        }
      });
    }
  }
}
