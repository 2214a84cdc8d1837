package dev.culvert.bench.relay;

import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.SessionEnds;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.netty.EarlyInput;
import dev.culvert.mux.netty.FrameRoom;
import dev.culvert.mux.netty.Relay;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * A session over TLS with a relay at each end, as in a tunnel on one event loop at each end; but
 * without preambles, limits, logs and tokens. Any thread.
 */
final class RelayRoute implements Route {
  private final SessionEnds session;
  private final InetSocketAddress address;

  RelayRoute(Sockets sockets, InetSocketAddress service) throws Exception {
    Bootstrap dialer =
        new Bootstrap()
            .channelFactory(sockets.socketChannel())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new Waiting(local -> {}))
            .remoteAddress(service);
    session =
        new SessionEnds(
            Bearer.TLS,
            sockets,
            SessionConfig.STANDARD,
            new Waiting(stream ->
                stream.eventLoop().execute(() -> dial(sockets, dialer, (StreamChannel) stream))));
    address =
        (InetSocketAddress)
            new ServerBootstrap()
                .group(session.loop())
                .channelFactory(sockets.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Waiting(visitor -> accept(sockets, (SocketChannel) visitor)))
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel()
                .localAddress();
  }

  private void accept(Sockets sockets, SocketChannel visitor) {
    sockets.unpace(visitor);
    session
        .open(new Waiting(stream -> {}))
        .addListener((Future<StreamChannel> opened) -> {
          if (opened.isSuccess()) {
            join(visitor, opened.getNow());
          } else {
            visitor.close();
          }
        });
  }

  /** In a task of its own, as decision 0002 asks: within a batch of events some fail on epoll. */
  private static void dial(Sockets sockets, Bootstrap dialer, StreamChannel stream) {
    dialer
        .clone(stream.eventLoop())
        .connect()
        .addListener((ChannelFuture connected) -> {
          if (connected.isSuccess()) {
            sockets.unpace(connected.channel());
            join((SocketChannel) connected.channel(), stream);
          } else {
            stream.close();
          }
        });
  }

  private static void join(SocketChannel socket, StreamChannel stream) {
    Relay.join(RelayLeg.of(socket), RelayLeg.of(stream), end -> {});
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    session.close();
  }

  /** A channel that reads nothing until it is joined; {@code then} sees to that. */
  private static final class Waiting extends ChannelInitializer<Channel> {
    private final Consumer<Channel> then;

    Waiting(Consumer<Channel> then) {
      this.then = then;
    }

    @Override
    protected void initChannel(Channel channel) {
      channel.config().setAutoRead(false);
      if (channel instanceof SocketChannel socket) {
        FrameRoom.in(socket);
      }
      channel.pipeline().addLast(new EarlyInput());
      then.accept(channel);
    }
  }
}
