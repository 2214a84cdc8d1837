package dev.culvert.server.edge;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.route.StreamOpener;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client that is a bare session: a test is the local service behind it. */
final class ClientSession implements StreamOpener {
  private final ServiceSide service = new ServiceSide();
  private final MuxHandler serverMux;
  private final Channel serverEnd;
  private final Channel clientEnd;

  private ClientSession(EventLoopGroup loop) throws Exception {
    serverMux =
        new MuxHandler(
            Role.SERVER,
            SessionConfig.STANDARD,
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                stream.close();
              }
            },
            event -> {});
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    Channel once =
        EdgeGround.listen(
            loop,
            channel -> {
              channel.pipeline().addLast(serverMux);
              accepted.complete(channel);
            });
    clientEnd =
        new Bootstrap()
            .group(loop)
            .channelFactory(Transport.NIO.socketChannel())
            .handler(new MuxHandler(Role.CLIENT, SessionConfig.STANDARD, service, event -> {}))
            .connect(once.localAddress())
            .sync()
            .channel();
    serverEnd = accepted.get(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS);
    once.close().sync();
  }

  /** A session over loopback, both ends of it on {@code loop}. */
  static ClientSession connect(EventLoopGroup loop) throws Exception {
    return new ClientSession(loop);
  }

  @Override
  public Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer) {
    return serverMux.open(
        new ChannelInitializer<StreamChannel>() {
          @Override
          protected void initChannel(StreamChannel stream) {
            ByteBuf bytes = stream.alloc().buffer();
            preamble.write(bytes);
            stream.writeAndFlush(bytes);
            stream.pipeline().addLast(initializer);
          }
        });
  }

  /** The next connection to the local service, which takes it. */
  ServiceConnection serve() throws Exception {
    ServiceConnection arrived = arrival();
    arrived.answer(StreamStatus.CONNECTED);
    return arrived;
  }

  /** The next connection to the local service, not yet taken or refused. */
  ServiceConnection arrival() throws Exception {
    ServiceConnection arrived =
        service.arrivals.poll(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (arrived == null) {
      throw new AssertionError("the local service saw no connection");
    }
    return arrived;
  }

  /** Whether connections to the local service are there that nobody has asked for yet. */
  boolean hasArrivals() {
    return !service.arrivals.isEmpty();
  }

  /** The client is gone, and the server knows it. */
  void cut() {
    clientEnd.close().syncUninterruptibly();
    serverEnd.closeFuture().syncUninterruptibly();
    serverEnd.eventLoop().submit(() -> {}).syncUninterruptibly(); // what follows from it
  }

  /** Takes the streams on the client's end of the session. */
  @Sharable
  private static final class ServiceSide extends ChannelInitializer<StreamChannel> {
    private final BlockingQueue<ServiceConnection> arrivals = new LinkedBlockingQueue<>();

    @Override
    protected void initChannel(StreamChannel stream) {
      ServiceConnection connection = new ServiceConnection(stream);
      stream.pipeline().addLast(connection.handler());
      arrivals.add(connection);
    }
  }
}
