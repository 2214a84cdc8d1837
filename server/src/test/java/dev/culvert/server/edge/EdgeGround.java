package dev.culvert.server.edge;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.route.StreamOpener;
import dev.culvert.server.rules.RuleBook;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An HTTP edge on loopback whose one client is a bare session: a test is the visitor on one side
 * and the local service on the other, byte by byte.
 */
final class EdgeGround implements AutoCloseable, StreamOpener {
  /** How long anything may take that comes in the end. */
  static final int PATIENCE_SECONDS = 20;

  static final String HOST = "app.localhost";

  /** Where visitors are redirected to. */
  static final int HTTPS_PORT = 8443;

  private final EventLoopGroup visitorLoop;
  private final EventLoopGroup sessionLoop;
  private final ServiceSide service = new ServiceSide();
  private final MuxHandler serverMux;
  private final RuleBook rules = new RuleBook(() -> HTTPS_PORT);
  private final Channel listener;

  private EdgeGround(Path state, int loops, VisitorRules asked) throws Exception {
    visitorLoop = Transport.NIO.newEventLoopGroup(1, "visitors");
    sessionLoop = loops == 1 ? visitorLoop : Transport.NIO.newEventLoopGroup(1, "session");
    RouteTable routes =
        RouteTable.open(
            "localhost",
            new PortRange(1, 1),
            state.resolve("leases.json"),
            Duration.ofHours(1),
            Clock.systemUTC());
    RouteTable.Request request =
        new RouteTable.Request(
            TunnelKind.HTTP, "holder", Permissions.STANDARD, "key", "app", false, 0);
    routes.open(
        request, name -> new Route(TunnelKind.HTTP, name, 0, 1, "test", rules.gate(asked), this));
    HttpEdge edge = new HttpEdge(routes, rules);
    listener = listen(visitorLoop, edge::acceptHttp);
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
    connectSession();
  }

  /** An edge whose visitors and session share one event loop. */
  static EdgeGround open(Path state) throws Exception {
    return new EdgeGround(state, 1, VisitorRules.NONE);
  }

  /** The same, with rules for the visitors. */
  static EdgeGround open(Path state, VisitorRules rules) throws Exception {
    return new EdgeGround(state, 1, rules);
  }

  /** An edge whose visitors are on another event loop than the session. */
  static EdgeGround openOnTwoLoops(Path state) throws Exception {
    return new EdgeGround(state, 2, VisitorRules.NONE);
  }

  private static Channel listen(EventLoopGroup loop, Consumer<Channel> accept) throws Exception {
    return new ServerBootstrap()
        .group(loop)
        .channelFactory(Transport.NIO.serverChannel())
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                accept.accept(channel);
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sync()
        .channel();
  }

  private void connectSession() throws Exception {
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    Channel once =
        listen(
            sessionLoop,
            channel -> {
              channel.pipeline().addLast(serverMux);
              accepted.complete(channel);
            });
    new Bootstrap()
        .group(sessionLoop)
        .channelFactory(Transport.NIO.socketChannel())
        .handler(new MuxHandler(Role.CLIENT, SessionConfig.STANDARD, service, event -> {}))
        .connect(once.localAddress())
        .sync();
    accepted.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    once.close().sync();
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

  /** A new visitor's connection. */
  TestVisitor visit() throws IOException {
    return new TestVisitor(((InetSocketAddress) listener.localAddress()).getPort());
  }

  /** The next connection to the local service, which takes it. */
  ServiceConnection serve() throws Exception {
    ServiceConnection connection = arrival();
    connection.answer(StreamStatus.CONNECTED);
    return connection;
  }

  /** The next connection to the local service, not yet taken or refused. */
  ServiceConnection arrival() throws Exception {
    ServiceConnection connection = service.arrivals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (connection == null) {
      throw new AssertionError("the local service saw no connection");
    }
    return connection;
  }

  /** Whether connections to the local service are there that nobody has asked for yet. */
  boolean hasArrivals() {
    return !service.arrivals.isEmpty();
  }

  EventLoop visitorLoop() {
    return visitorLoop.next();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    stop(sessionLoop);
    stop(visitorLoop);
    rules.close();
  }

  private static void stop(EventLoopGroup loop) {
    loop.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
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
