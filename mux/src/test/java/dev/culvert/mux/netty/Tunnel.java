package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.socket.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A session of two ends over a loopback connection. */
final class Tunnel {
  final TunnelEnd client;
  final TunnelEnd server;

  Tunnel(Transport transport, SessionConfig config, EventLoop clientLoop, EventLoop serverLoop)
      throws Exception {
    client = new TunnelEnd(Role.CLIENT, config);
    server = new TunnelEnd(Role.SERVER, config);
    Channel listener =
        new ServerBootstrap()
            .group(serverLoop)
            .channelFactory(transport.serverChannel())
            .childHandler(initializer(server))
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    new Bootstrap()
        .group(clientLoop)
        .channelFactory(transport.socketChannel())
        .handler(initializer(client))
        .connect(listener.localAddress())
        .sync();
    Patience.await(client.connection);
    Patience.await(server.connection);
    listener.close().sync();
  }

  private static ChannelInitializer<Channel> initializer(TunnelEnd end) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(end.mux);
        end.connection.complete(channel);
      }
    };
  }

  /**
   * Fails unless both ends are rid of all streams once what is under way has arrived. An end that
   * has none may still have SYN and RST on the way to the other: hence the three round trips.
   */
  void assertNoStreamIsLeft() throws Exception {
    int quietRounds = 0;
    for (int rounds = 0; rounds < 200 && quietRounds < 3; rounds++) {
      client.ping();
      server.ping();
      quietRounds = client.openStreams() + server.openStreams() == 0 ? quietRounds + 1 : 0;
    }
    assertThat(client.openStreams()).isZero();
    assertThat(server.openStreams()).isZero();
  }

  /** Closes the connection, as if it broke. */
  void close() throws Exception {
    Patience.await(client.connection.join().close());
    Patience.await(server.connection.join().closeFuture());
  }
}
