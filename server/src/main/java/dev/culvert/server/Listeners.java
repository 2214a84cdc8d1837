package dev.culvert.server;

import dev.culvert.mux.socket.ConnectionLimit;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.StartException.Fault;
import dev.culvert.server.edge.ListenFailure;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** Opens the sockets that a server listens on, and has every connection to them kept track of. */
final class Listeners {
  /**
   * What the kernel may hold unsent: what is urgent waits behind little, and whoever takes what is
   * sent, however slowly, is seen to.
   */
  private static final int UNSENT_BYTES = 128 * 1024;

  private final EventLoopGroup loops;
  private final Transport transport;
  private final ChannelGroup channels;

  /** {@code channels} gets every listening and accepted channel. */
  Listeners(EventLoopGroup loops, Transport transport, ChannelGroup channels) {
    this.loops = loops;
    this.transport = transport;
    this.channels = channels;
  }

  /**
   * Listens, and returns where; waits for it.
   *
   * @param option names the address in what the user is told
   * @param limit counts a connection from its first moment
   * @param accept sets up an accepted connection, on its event loop
   */
  InetSocketAddress bind(
      String option, InetSocketAddress address, ConnectionLimit limit, Consumer<Channel> accept)
      throws StartException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    transport.limitUnsent(channel, UNSENT_BYTES);
                    transport.unpace(channel, channel.remoteAddress());
                    channel.pipeline().addLast(limit);
                    accept.accept(channel);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw cannotListen(option, address, bound.cause());
    }
    channels.add(bound.channel());
    return (InetSocketAddress) bound.channel().localAddress();
  }

  private static StartException cannotListen(
      String option, InetSocketAddress address, Throwable cause) {
    String reason = ListenFailure.reason(cause);
    return new StartException(
        Fault.MACHINE,
        "cannot listen on " + NetUtil.toSocketAddressString(address) + ": " + reason,
        reason.equals(ListenFailure.IN_USE)
            ? "Choose another address with " + option + ", or stop what has it."
            : "Choose another address with " + option + ".",
        cause);
  }
}
