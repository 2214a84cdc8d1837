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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Connects to a host and port over whichever of the host's addresses answers first.
 *
 * <p>The addresses take part in turns of their families, in the order that the look-up gave, each
 * {@value #STAGGER_MILLIS} ms behind the one before or as soon as that has failed (RFC 8305); at
 * most {@value #MAX_ADDRESSES} of them. The others are given up as soon as one is connected.
 *
 * <p>Names are looked up off the event loop; {@code localhost} is 127.0.0.1, then ::1, without a
 * look-up. Connections are opened in a task of their own, never within a batch of I/O events, in
 * which a transport may take a stale event for one of the new socket.
 */
public final class Dialer {
  static final long STAGGER_MILLIS = 250;
  static final int MAX_ADDRESSES = 8;

  private final Transport transport;
  private final Duration timeout;
  private final Resolver resolver;

  /** Finds the addresses of a name; may block. */
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /** A dialer that gives each address {@code timeout}. */
  public Dialer(Transport transport, Duration timeout) {
    this(transport, timeout, InetAddress::getAllByName);
  }

  Dialer(Transport transport, Duration timeout, Resolver resolver) {
    this.transport = transport;
    this.timeout = timeout;
    this.resolver = resolver;
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
    Race race = new Race(loop, port, initializer, promise);
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null && host.indexOf('%') == -1) { // a look-up keeps the zone of fe80::1%eth0
      loop.execute(() -> race.start(List.of(address(literal))));
    } else if (host.equalsIgnoreCase("localhost")) {
      loop.execute(() ->
          race.start(
              List.of(
                  address(new byte[] {127, 0, 0, 1}),
                  address(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}))));
    } else {
      Thread.ofVirtual().name("culvert-resolver").start(() -> resolve(host, loop, race));
    }
    return promise;
  }

  private void resolve(String host, EventLoop loop, Race race) {
    Runnable next;
    try {
      List<InetAddress> addresses = inTurns(List.of(resolver.resolve(host)));
      next = () -> race.start(addresses);
    } catch (UnknownHostException e) {
      next = () -> race.promise.tryFailure(new IOException("the host " + host + " is not known"));
    }
    try {
      loop.execute(next);
    } catch (RejectedExecutionException e) {
      // The loop has been shut down meanwhile: nobody waits any more.
    }
  }

  /** The families by turns, that of the first address first, and not too many. */
  static List<InetAddress> inTurns(List<InetAddress> addresses) {
    Map<Integer, Queue<InetAddress>> families = new LinkedHashMap<>();
    for (InetAddress address : addresses) {
      families.computeIfAbsent(address.getAddress().length, _ -> new ArrayDeque<>()).add(address);
    }
    List<InetAddress> inTurns = new ArrayList<>();
    while (inTurns.size() < Math.min(addresses.size(), MAX_ADDRESSES)) {
      for (Queue<InetAddress> family : families.values()) {
        if (!family.isEmpty() && inTurns.size() < MAX_ADDRESSES) {
          inTurns.add(family.remove());
        }
      }
    }
    return inTurns;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for a wrong number of bytes
    }
  }

  /** One dial, on its event loop. */
  private final class Race {
    private final EventLoop loop;
    private final int port;
    private final ChannelHandler initializer;
    private final Promise<Channel> promise;
    private final Queue<InetAddress> waiting = new ArrayDeque<>();
    private final List<ChannelFuture> running = new ArrayList<>(); // the first address's first
    private int failures;

    Race(EventLoop loop, int port, ChannelHandler initializer, Promise<Channel> promise) {
      this.loop = loop;
      this.port = port;
      this.initializer = initializer;
      this.promise = promise;
    }

    /** {@code addresses} has one at least. */
    void start(List<InetAddress> addresses) {
      waiting.addAll(addresses);
      promise.addListener(done -> giveUp());
      next();
    }

    private void next() {
      InetAddress next = waiting.poll();
      if (next == null || promise.isDone()) {
        return;
      }
      InetSocketAddress address = new InetSocketAddress(next, port);
      ChannelFuture connecting =
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
      transport.unpace(connecting.channel(), address);
      running.add(connecting);
      Future<?> stagger =
          waiting.isEmpty()
              ? loop.newSucceededFuture(null)
              : loop.schedule(this::next, STAGGER_MILLIS, TimeUnit.MILLISECONDS);
      connecting.addListener(done -> {
        boolean isLatest = stagger.cancel(false);
        if (done.isSuccess()) {
          connected(connecting.channel());
        } else {
          failed(isLatest);
        }
      });
    }

    private void connected(Channel channel) {
      if (!promise.trySuccess(channel)) {
        channel.close(); // nobody waits any more
      }
    }

    private void failed(boolean isLatest) {
      failures++;
      if (isLatest) {
        loop.execute(this::next);
      } else if (failures == running.size() && waiting.isEmpty()) {
        promise.tryFailure(running.getFirst().cause());
      }
    }

    /** Closes what has not won, before it could be connected. */
    private void giveUp() {
      for (ChannelFuture connecting : running) {
        if (!connecting.channel().equals(promise.getNow())) {
          connecting.channel().close();
        }
      }
    }
  }
}
