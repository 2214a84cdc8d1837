package dev.culvert.bench.report;

import dev.culvert.bench.link.LinkEmulator;
import dev.culvert.bench.link.LinkSettings;
import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.socket.Transport;
import dev.culvert.tls.ClientTls;
import dev.culvert.tls.Identity;
import dev.culvert.tls.ServerTls;
import dev.culvert.tls.TlsProvider;
import dev.culvert.tls.Trust;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session over an emulated link, with the sockets' settings that tunnels have: its client dials
 * through the link, its server listens behind it. Any thread.
 */
final class LinkedSession implements AutoCloseable {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);
  private static final int UNSENT_BYTES = 128 * 1024;
  private static final int PATIENCE_SECONDS = 20;

  final LinkEmulator link;
  final LinkedEnd client;
  final LinkedEnd server;
  private final Transport transport = Transport.preferred();
  private final @Nullable Tls tls;

  /** Both contexts of a connection that is encrypted. */
  record Tls(ServerTls server, ClientTls client) implements AutoCloseable {
    static Tls create(Path state) throws IOException {
      Identity identity = Identity.loadOrCreate(state);
      return new Tls(
          ServerTls.tunnel(identity),
          ClientTls.tunnel(Trust.pinned(identity.pin()), TlsProvider.preferred()));
    }

    @Override
    public void close() {
      server.close();
      client.close();
    }
  }

  /**
   * Connects; returns when both ends' sessions have begun.
   *
   * @param tls what the connection is encrypted with, taken; null for plain TCP
   */
  LinkedSession(SessionConfig config, LinkSettings settings, @Nullable Tls tls) throws Exception {
    this.tls = tls;
    server =
        new LinkedEnd(
            Role.SERVER, config, transport.newEventLoopGroup(1, "link-server"), EchoHandler::new);
    client =
        new LinkedEnd(
            Role.CLIENT, config, transport.newEventLoopGroup(1, "link-client"), SinkHandler::new);
    Channel listener =
        new ServerBootstrap()
            .group(server.loop)
            .channelFactory(transport.serverChannel())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(initializer(server))
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    link = LinkEmulator.start((InetSocketAddress) listener.localAddress(), settings);
    new Bootstrap()
        .group(client.loop)
        .channelFactory(transport.socketChannel())
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .handler(initializer(client))
        .connect(link.address())
        .sync();
    client.connection.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    server.connection.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    listener.close().sync();
  }

  private ChannelInitializer<SocketChannel> initializer(LinkedEnd end) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        transport.limitUnsent(channel, UNSENT_BYTES);
        if (tls == null) {
          begin(end, channel);
          return;
        }
        SslHandler handler =
            end == server
                ? tls.server().newHandler(channel.alloc())
                : tls.client().newHandler(channel.alloc(), "127.0.0.1", 1);
        channel.pipeline().addLast(handler);
        handler
            .handshakeFuture()
            .addListener(done -> {
              if (done.isSuccess()) {
                begin(end, channel);
              } else {
                end.connection.completeExceptionally(done.cause());
              }
            });
      }
    };
  }

  private static void begin(LinkedEnd end, Channel channel) {
    channel.pipeline().addLast(end.mux);
    end.connection.complete(channel);
  }

  @Override
  public void close() throws IOException {
    link.close();
    for (LinkedEnd end : new LinkedEnd[] {client, server}) {
      end.loop.shutdownGracefully(50, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }
    if (tls != null) {
      tls.close();
    }
  }
}
