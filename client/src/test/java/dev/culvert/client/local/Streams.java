package dev.culvert.client.local;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.socket.Dialer;
import dev.culvert.mux.socket.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A client's side of a tunnel, and the server's end of it in the hands of the test. */
final class Streams implements AutoCloseable {
  static final long SECONDS_AT_MOST = 20;
  static final int TUNNEL = 1;

  final BlockingQueue<RequestRecord> log = new LinkedBlockingQueue<>();
  private final Transport transport = Transport.preferred();
  private final EventLoopGroup group = transport.newEventLoopGroup(1, "streams");
  private final MuxHandler server = mux(Role.SERVER, new ChannelInboundHandlerAdapter());

  Streams(LocalTarget target) throws Exception {
    LocalAcceptor acceptor =
        new LocalAcceptor(
            new Dialer(transport, Duration.ofSeconds(SECONDS_AT_MOST)), new LocalTls(), log::add);
    acceptor.serve(TUNNEL, target);
    Channel listener =
        new ServerBootstrap()
            .group(group)
            .channelFactory(transport.serverChannel())
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    connection.pipeline().addLast(mux(Role.CLIENT, acceptor));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    new Bootstrap()
        .group(group)
        .channelFactory(transport.socketChannel())
        .handler(server)
        .connect(listener.localAddress())
        .sync();
  }

  private static MuxHandler mux(Role role, ChannelHandler acceptor) {
    return new MuxHandler(role, SessionConfig.STANDARD, acceptor, event -> {});
  }

  /** A stream as the server opens it, and what comes back on it. */
  OpenStream open() throws Exception {
    StreamLog log = new StreamLog();
    return new OpenStream(server.open(log).get(SECONDS_AT_MOST, SECONDS), log);
  }

  /** The preamble of a stream to {@code tunnel}, and the bytes behind it. */
  static ByteBuf preamble(TunnelKind kind, int tunnel, String behind) {
    ByteBuf bytes = Unpooled.buffer();
    new StreamOpen(kind, tunnel, null, null).write(bytes);
    return bytes.writeBytes(behind.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The preamble of a TCP stream for {@code visitor}, and the bytes behind it. */
  static ByteBuf preamble(InetSocketAddress visitor, String behind) {
    ByteBuf bytes = Unpooled.buffer();
    new StreamOpen(TunnelKind.TCP, TUNNEL, visitor, visitor).write(bytes);
    return bytes.writeBytes(behind.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() {
    group.shutdownGracefully(50, SECONDS_AT_MOST * 1000, MILLISECONDS).syncUninterruptibly();
  }
}
