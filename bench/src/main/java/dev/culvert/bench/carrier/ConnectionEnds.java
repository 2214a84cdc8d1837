package dev.culvert.bench.carrier;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two ends, each on an event loop of its own, with the sockets' settings that tunnels have. Each
 * channel opened is a connection; over TLS it is there once the handshake is over.
 */
public final class ConnectionEnds implements Opener {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  /** Each end hears of the other's close while its own loop still turns. */
  private static final long QUIET_MILLIS = 50;

  private static final long CLOSE_MILLIS = 5000;

  private final @Nullable BenchmarkTls tls;
  private final boolean isLocal;
  private final Sockets sockets;
  private final EventLoopGroup clientLoop;
  private final EventLoopGroup serverLoop;
  private final SocketAddress address;
  private final Bootstrap client;

  /**
   * Starts both ends.
   *
   * @param acceptor initializes each accepted connection, over TLS after the handshake
   */
  public ConnectionEnds(Bearer bearer, Sockets sockets, ChannelInitializer<Channel> acceptor)
      throws Exception {
    tls = bearer == Bearer.TLS ? BenchmarkTls.create() : null;
    isLocal = bearer == Bearer.MEMORY;
    this.sockets = sockets;
    clientLoop = isLocal ? localLoop() : sockets.newEventLoopGroup(1, "client-end");
    serverLoop = isLocal ? localLoop() : sockets.newEventLoopGroup(1, "server-end");
    ServerBootstrap server =
        new ServerBootstrap()
            .group(serverLoop)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    unpace(channel);
                    channel.pipeline().addLast(tls == null ? acceptor : tls.accepting(acceptor));
                  }
                });
    client =
        new Bootstrap().group(clientLoop).option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
    if (isLocal) {
      client.channel(LocalChannel.class);
      server.channel(LocalServerChannel.class);
      address = server.bind(LocalAddress.ANY).sync().channel().localAddress();
    } else {
      client.channelFactory(sockets.socketChannel()).option(ChannelOption.TCP_NODELAY, true);
      server
          .channelFactory(sockets.serverChannel())
          .option(ChannelOption.SO_BACKLOG, 4096)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childOption(ChannelOption.SO_LINGER, 0); // a benchmark must not run out of ports
      address =
          server
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel()
              .localAddress();
    }
  }

  private static EventLoopGroup localLoop() {
    return new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
  }

  private void unpace(Channel channel) {
    if (!isLocal) {
      sockets.unpace(channel);
    }
  }

  @Override
  public Future<? extends Channel> open(ChannelHandler handler) {
    Promise<Channel> opened = clientLoop.next().newPromise();
    client
        .clone()
        .handler(tls == null ? handler : tls.connecting(handler, opened))
        .connect(address)
        .addListener(done -> {
          if (!done.isSuccess()) {
            opened.tryFailure(done.cause());
            return;
          }
          Channel channel = ((ChannelFuture) done).channel();
          unpace(channel);
          if (tls == null) {
            opened.trySuccess(channel);
          }
        });
    return opened;
  }

  @Override
  public void close() {
    clientLoop.shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    serverLoop.shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    clientLoop.terminationFuture().syncUninterruptibly();
    serverLoop.terminationFuture().syncUninterruptibly();
    if (tls != null) {
      tls.close();
    }
  }
}
