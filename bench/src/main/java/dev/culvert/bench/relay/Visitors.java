package dev.culvert.bench.relay;

import dev.culvert.bench.carrier.BenchmarkTls;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.tls.TlsProvider;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A service, and visitors that reach it on a {@link Path}; each on an event loop of its own. */
final class Visitors implements AutoCloseable {
  /** Held, since java.util.logging does not. */
  private static final Logger OURS = Logger.getLogger("dev.culvert");

  private final Sockets sockets;
  private final EventLoopGroup visitorLoop;
  private final EventLoopGroup serviceLoop;
  private final Bootstrap visitor;
  private final @Nullable BenchmarkTls tls;
  private final @Nullable Route route;
  private final InetSocketAddress address;

  /**
   * Starts the service and, on that path, the tunnel. One in a process: it chooses the provider.
   */
  Visitors(Path path, Sockets sockets, TlsProvider provider) throws Exception {
    OURS.setLevel(Level.WARNING); // not a line for each visitor
    this.sockets = sockets;
    if (path == Path.TUNNEL && !sockets.isInTheProduct()) {
      throw new IllegalStateException(
          "skipped, there are no tunnels on "
              + sockets
              + ": -p path=RELAY has what they are made of");
    }
    System.setProperty("culvert.transport", sockets == Sockets.NIO ? "nio" : "epoll");
    BenchmarkTls.prefer(provider);
    visitorLoop = sockets.newEventLoopGroup(1, "visitors");
    serviceLoop = sockets.newEventLoopGroup(1, "service");
    tls = path == Path.TLS ? BenchmarkTls.create() : null;
    InetSocketAddress service = startService();
    route =
        switch (path) {
          case TUNNEL -> TunnelRoute.open(service);
          case RELAY -> new RelayRoute(sockets, service);
          case TCP, TLS -> null;
        };
    address = route == null ? service : route.address();
    visitor =
        new Bootstrap()
            .group(visitorLoop)
            .channelFactory(sockets.socketChannel())
            .option(ChannelOption.TCP_NODELAY, true);
  }

  private InetSocketAddress startService() throws InterruptedException {
    ChannelHandler initializer =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new ServiceHandler());
          }
        };
    ChannelHandler unpaced =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            sockets.unpace(channel);
            channel.pipeline().addLast(tls == null ? initializer : tls.accepting(initializer));
          }
        };
    return (InetSocketAddress)
        new ServerBootstrap()
            .group(serviceLoop)
            .channelFactory(sockets.serverChannel())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(unpaced)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel()
            .localAddress();
  }

  /** Connects a visitor; over TLS this is done after the handshake. Any thread. */
  Future<Channel> connect(ChannelHandler handler) {
    Promise<Channel> connected = visitorLoop.next().newPromise();
    ChannelFuture done =
        visitor
            .clone()
            .handler(tls == null ? handler : tls.connecting(handler, connected))
            .connect(address);
    done.addListener(connection -> {
      if (!connection.isSuccess()) {
        connected.tryFailure(connection.cause());
        return;
      }
      sockets.unpace(done.channel());
      if (tls == null) {
        connected.trySuccess(done.channel());
      }
    });
    return connected;
  }

  @Override
  public void close() throws IOException {
    visitorLoop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    if (route != null) {
      route.close();
    }
    serviceLoop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    if (tls != null) {
      tls.close();
    }
  }
}
