package dev.culvert.mux.netty;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.culvert.mux.SessionConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Where the legs of relays come from: event loops, a tunnel and a listener. */
final class RelayGround {
  final EventLoop leftLoop;
  final EventLoop rightLoop;
  final Tunnel tunnel;
  private final RelaySetup setup;
  private final EventLoopGroup group;
  private final EventLoop farLoop;
  private final Channel listener;
  private final BlockingQueue<SocketChannel> accepted = new LinkedBlockingQueue<>();

  RelayGround(RelaySetup setup) throws Exception {
    this.setup = setup;
    group = new MultiThreadIoEventLoopGroup(3, setup.transport().ioHandlerFactory());
    leftLoop = group.next();
    EventLoop other = group.next();
    rightLoop = setup.loops() == Loops.ONE ? leftLoop : other;
    farLoop = group.next();
    tunnel = new Tunnel(setup.transport(), SessionConfig.STANDARD, farLoop, leftLoop);
    tunnel.server.autoRead = AutoRead.OFF;
    tunnel.server.newHandler = ChannelInboundHandlerAdapter::new;
    listener =
        new ServerBootstrap()
            .group(farLoop)
            .channelFactory(setup.transport().serverChannel())
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accepted.add(channel);
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
  }

  UsedLeg left() throws Exception {
    return setup.left() == LegKind.STREAM ? stream() : socket(leftLoop);
  }

  UsedLeg right() throws Exception {
    return socket(rightLoop);
  }

  private UsedLeg stream() throws Exception {
    User user = new User();
    tunnel.client.open(user);
    return new UsedLeg(Patience.take(tunnel.server.accepted), user);
  }

  private UsedLeg socket(EventLoop loop) throws Exception {
    SocketChannel near = connect(loop, listener.localAddress());
    SocketChannel far = Patience.take(accepted);
    User user = new User();
    Patience.await(far.eventLoop().submit(() -> far.pipeline().addLast(user)));
    return new UsedLeg(near, user);
  }

  /** A socket for a relay to join, connected to whoever listens at {@code address}. */
  SocketChannel connect(EventLoop loop, java.net.SocketAddress address) throws Exception {
    return (SocketChannel)
        new Bootstrap()
            .group(loop)
            .channelFactory(setup.transport().socketChannel())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    FrameRoom.in(channel);
                    channel.pipeline().addLast(new EarlyInput());
                  }
                })
            .connect(address)
            .sync()
            .channel();
  }

  void close() throws Exception {
    tunnel.close();
    listener.close().sync();
    group.shutdownGracefully(0, Patience.SECONDS_AT_MOST, SECONDS).sync();
  }
}
