package dev.culvert.server.edge;

import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.netty.EarlyInput;
import dev.culvert.mux.netty.FrameRoom;
import dev.culvert.mux.netty.Relay;
import dev.culvert.mux.netty.RelayEnd;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.ConnectionLimit;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.route.PortListener;
import dev.culvert.server.route.Route;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public ports of TCP tunnels: each visitor's connection becomes one stream. Any thread.
 *
 * <p>A connection is accepted with reading off and joined to its stream as soon as that is open;
 * the client's status comes later, and a refusal resets the visitor.
 */
public final class TcpEdge implements PortListener {
  private static final Logger logger = LoggerFactory.getLogger(TcpEdge.class);

  private static final long RELEASE_MILLIS = 1;

  private final EventLoopGroup loops;
  private final Transport transport;
  private final InetAddress address;
  private final ConnectionLimit limit;
  private final ChannelGroup channels;
  private final Map<Integer, Route> wanted = new HashMap<>(); // guarded by this
  private final Map<Integer, Channel> listeners = new HashMap<>(); // guarded by this
  private final Map<Integer, Future<?>> closing = new HashMap<>(); // guarded by this

  /**
   * An edge that listens on {@code address}; every channel it makes is in {@code channels}, for the
   * owner to close.
   */
  public TcpEdge(
      EventLoopGroup loops,
      Transport transport,
      InetAddress address,
      ConnectionLimit limit,
      ChannelGroup channels) {
    this.loops = loops;
    this.transport = transport;
    this.address = address;
    this.limit = limit;
    this.channels = channels;
  }

  @Override
  public Future<Void> listen(Route route) {
    Promise<Void> listening = loops.next().newPromise();
    Future<?> predecessor;
    synchronized (this) {
      wanted.put(route.port(), route);
      predecessor = closing.get(route.port());
    }
    if (predecessor == null) {
      bind(route, listening);
    } else {
      predecessor.addListener(done -> bind(route, listening));
    }
    return listening;
  }

  /** A route may have been stopped while its port was not yet free. */
  private synchronized void bind(Route route, Promise<Void> listening) {
    if (!route.equals(wanted.get(route.port()))) {
      listening.tryFailure(new IOException("the tunnel was closed"));
      return;
    }
    ChannelFuture bound =
        new Bootstrap()
            .group(loops)
            .channelFactory(transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .handler(new TunnelAcceptor(route.opener(), new VisitorInitializer(route)))
            .bind(address, route.port());
    channels.add(bound.channel());
    listeners.put(route.port(), bound.channel());
    bound.addListener(done -> {
      if (done.isSuccess()) {
        listening.trySuccess(null);
      } else {
        listening.tryFailure(new IOException(ListenFailure.reason(done.cause()), done.cause()));
      }
    });
  }

  @Override
  public synchronized void stop(Route route) {
    wanted.remove(route.port(), route);
    Channel listener = listeners.remove(route.port());
    if (listener != null) {
      Promise<Void> freed = listener.eventLoop().newPromise();
      closing.put(route.port(), freed);
      freed.addListener(done -> forget(route.port(), freed));
      listener.close().addListener(done -> free(listener, freed));
    }
  }

  /** NIO gives a closed listener's port back in its event loop's next turn. */
  private static void free(Channel listener, Promise<Void> freed) {
    listener
        .eventLoop()
        .schedule(() -> freed.setSuccess(null), RELEASE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private synchronized void forget(int port, Future<?> closed) {
    closing.remove(port, closed);
  }

  private static void opened(Route route, Channel visitor, Future<StreamChannel> done) {
    if (!done.isSuccess()) {
      logger.info("{} turned {} away: {}", route, peer(visitor), reason(done.cause()));
      visitor.eventLoop().execute(() -> RelayLeg.abort(visitor));
      return;
    }
    StreamChannel stream = done.getNow();
    long startNanos = System.nanoTime();
    Relay.join(
        RelayLeg.of((SocketChannel) visitor),
        RelayLeg.of(stream),
        end -> ended(route, visitor, startNanos, end));
  }

  private static void ended(Route route, Channel visitor, long startNanos, RelayEnd end) {
    if (logger.isDebugEnabled()) {
      logger.debug(
          "{} visitor {}: {} bytes in, {} bytes out, {} ms{}",
          route,
          peer(visitor),
          end.leftToRightBytes(),
          end.rightToLeftBytes(),
          (System.nanoTime() - startNanos) / 1_000_000,
          end.cause() == null ? "" : ", cut: " + reason(end.cause()));
    }
  }

  private static String peer(Channel visitor) {
    return visitor.remoteAddress() instanceof InetSocketAddress address
        ? NetUtil.toSocketAddressString(address)
        : "visitor that left";
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null
        ? "unknown"
        : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Opens the stream of each visitor that is accepted. */
  @ChannelHandler.Sharable
  private final class VisitorInitializer extends ChannelInitializer<SocketChannel> {
    private final Route route;

    VisitorInitializer(Route route) {
      this.route = route;
    }

    @Override
    protected void initChannel(SocketChannel visitor) {
      channels.add(visitor);
      FrameRoom.in(visitor);
      visitor.pipeline().addLast(limit, new EarlyInput());
      if (!visitor.isActive()) {
        return; // one too many
      }
      InetSocketAddress address = visitor.remoteAddress();
      if (address == null || !route.gate().lets(address.getAddress())) { // or it has left again
        logger.debug("{} lets in no {}", route, peer(visitor));
        RelayLeg.abort(visitor);
        return;
      }
      transport.unpace(visitor, visitor.remoteAddress());
      StreamOpen preamble =
          new StreamOpen(
              route.kind(), route.tunnel(), visitor.remoteAddress(), visitor.localAddress());
      route
          .opener()
          .open(preamble, new StreamInitializer())
          .addListener((Future<StreamChannel> done) -> opened(route, visitor, done));
    }
  }

  private static final class StreamInitializer extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel stream) {
      stream.config().setAutoRead(false);
      stream.pipeline().addLast(new StatusHandler());
    }
  }
}
