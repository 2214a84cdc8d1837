package dev.culvert.server.edge;

import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.netty.EarlyInput;
import dev.culvert.mux.netty.FrameRoom;
import dev.culvert.mux.netty.Relay;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.ConnectionLimit;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.PortListener;
import dev.culvert.server.route.Route;
import dev.culvert.server.visitor.Doorway;
import dev.culvert.server.visitor.Source;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The public ports of TCP tunnels: each visitor's connection becomes one stream. Any thread.
 *
 * <p>A connection is accepted with reading off and joined to its stream as soon as that is open;
 * the client's status comes later, and a refusal resets the visitor.
 */
public final class TcpEdge implements PortListener {
  private static final long RELEASE_MILLIS = 1;

  private final EventLoopGroup loops;
  private final Transport transport;
  private final InetAddress address;
  private final ConnectionLimit limit;
  private final Doorway doorway;
  private final AccessLog accessLog;
  private final ChannelGroup channels;
  private final Map<Integer, Route> wanted = new HashMap<>(); // guarded by this
  private final Map<Integer, Channel> listeners = new HashMap<>(); // guarded by this
  private final Map<Integer, Future<?>> closing = new HashMap<>(); // guarded by this

  /**
   * An edge that listens on {@code address}; every channel it makes is in {@code channels}, for the
   * owner to close.
   *
   * @param limit for all visitors
   * @param doorway what each visitor passes
   * @param accessLog gets a line for each
   */
  public TcpEdge(
      EventLoopGroup loops,
      Transport transport,
      InetAddress address,
      ConnectionLimit limit,
      Doorway doorway,
      AccessLog accessLog,
      ChannelGroup channels) {
    this.loops = loops;
    this.transport = transport;
    this.address = address;
    this.limit = limit;
    this.doorway = doorway;
    this.accessLog = accessLog;
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

  private static void opened(TcpVisit visit, SocketChannel visitor, Future<StreamChannel> done) {
    if (done.isSuccess()) {
      Relay.join(RelayLeg.of(visitor), RelayLeg.of(done.getNow()), visit::ended);
    } else {
      visit.turnedAway(done.cause());
      visitor.eventLoop().execute(() -> RelayLeg.abort(visitor));
    }
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
      visitor.pipeline().addLast(limit);
      if (visitor.isActive()) { // not one too many
        transport.unpace(visitor, visitor.remoteAddress());
        doorway.enter(visitor, admitted -> open(visitor));
      }
    }

    private void open(SocketChannel visitor) {
      visitor.pipeline().addLast(new EarlyInput());
      TcpVisit visit = new TcpVisit(route, visitor, accessLog);
      InetSocketAddress address = Source.address(visitor);
      if (address == null || !route.gate().lets(address.getAddress())) { // or it has left again
        visit.turnedAway(new IOException("the rules let in no such address"));
        RelayLeg.abort(visitor);
        return;
      }
      StreamOpen preamble =
          new StreamOpen(
              route.kind(), route.tunnel(), Source.address(visitor), Source.localAddress(visitor));
      route
          .opener()
          .open(preamble, new StreamInitializer())
          .addListener((Future<StreamChannel> done) -> opened(visit, visitor, done));
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
