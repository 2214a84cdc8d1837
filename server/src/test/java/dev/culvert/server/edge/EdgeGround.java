package dev.culvert.server.edge;

import static java.util.Objects.requireNonNull;

import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteRefusedException;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.route.StreamOpener;
import dev.culvert.server.rules.HostRules;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.server.visitor.VisitorSettings;
import dev.culvert.tls.CertificateStore;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
  private final RouteTable routes;
  private final RuleBook rules = new RuleBook(() -> HTTPS_PORT);
  private final VisitorRules asked;
  private final CertificateStore certificates = new CertificateStore(Clock.systemUTC());
  private final HttpEdge edge;
  private final ClientSession first;
  private final Channel listener;
  private @Nullable Route lastRoute;

  private EdgeGround(
      Path state, int loops, VisitorSettings settings, VisitorRules asked, AccessLog log)
      throws Exception {
    this.asked = asked;
    visitorLoop = Transport.NIO.newEventLoopGroup(1, "visitors");
    sessionLoop = loops == 1 ? visitorLoop : Transport.NIO.newEventLoopGroup(1, "session");
    routes =
        RouteTable.open(
            "localhost",
            new PortRange(1, 1),
            state.resolve("leases.json"),
            Duration.ofHours(1),
            Clock.systemUTC());
    route(this);
    edge = new HttpEdge(routes, certificates, settings, rules, log);
    listener = listen(visitorLoop, edge::acceptHttp);
    first = ClientSession.connect(sessionLoop);
  }

  /** An edge whose visitors and session share one event loop. */
  static EdgeGround open(Path state) throws Exception {
    return open(state, TrustedProxies.NONE, AccessLog.off());
  }

  /** The same with proxies in front of it, and a log. */
  static EdgeGround open(Path state, TrustedProxies proxies, AccessLog log) throws Exception {
    VisitorSettings standard = VisitorSettings.STANDARD;
    return open(
        state,
        new VisitorSettings(proxies, standard.balancers(), standard.maxConnections()),
        VisitorRules.NONE,
        log);
  }

  /** The same, with rules for the visitors. */
  static EdgeGround open(Path state, VisitorRules rules) throws Exception {
    return open(state, VisitorSettings.STANDARD, rules, AccessLog.off());
  }

  /** The same with settings. */
  static EdgeGround open(Path state, VisitorSettings settings, VisitorRules rules, AccessLog log)
      throws Exception {
    return new EdgeGround(state, 1, settings, rules, log);
  }

  /** An edge whose visitors are on another event loop than the session. */
  static EdgeGround openOnTwoLoops(Path state) throws Exception {
    return new EdgeGround(state, 2, VisitorSettings.STANDARD, VisitorRules.NONE, AccessLog.off());
  }

  static Channel listen(EventLoopGroup loop, Consumer<Channel> accept) throws Exception {
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

  @Override
  public Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer) {
    return first.open(preamble, initializer);
  }

  /** Another client that shares the name. */
  ClientSession join() throws Exception {
    ClientSession session = ClientSession.connect(sessionLoop);
    route(session);
    return session;
  }

  private void route(StreamOpener opener) throws RouteRefusedException {
    RouteTable.Request request =
        new RouteTable.Request(
            TunnelKind.HTTP, "holder", Permissions.STANDARD, "key", "app", "", true, false, 0);
    lastRoute =
        routes.open(
            request,
            name -> new Route(TunnelKind.HTTP, name, "", 0, 1, "test", rules.gate(asked), opener));
  }

  HttpEdge edge() {
    return edge;
  }

  /** The first client has all hosts below a name too. */
  void addWildcard(String name) throws RouteRefusedException {
    Permissions standard = Permissions.STANDARD;
    Permissions permissions =
        new Permissions(
            standard.kinds(),
            standard.names(),
            List.of(new NamePattern(name)),
            false,
            standard.ports(),
            Permissions.UNLIMITED,
            Permissions.UNLIMITED,
            Permissions.UNLIMITED);
    routes.open(
        new RouteTable.Request(TunnelKind.HTTP, "holder", permissions, "wild", name, false, 0),
        kept -> new Route(TunnelKind.HTTP, kept, "", 0, 1, "test", rules.gate(asked), this));
  }

  /** What the server itself holds visitors to. */
  void replaceHostRules(HostRules... sections) {
    rules.replaceHostRules(List.of(sections));
  }

  /** The client that came last has given up the name, and may have it again. */
  void closeRoute() {
    routes.close(requireNonNull(lastRoute));
  }

  /** A new visitor's connection. */
  TestVisitor visit() throws IOException {
    return new TestVisitor(((InetSocketAddress) listener.localAddress()).getPort());
  }

  /** The next connection to the local service, which takes it. */
  ServiceConnection serve() throws Exception {
    return first.serve();
  }

  /** The next connection to the local service, not yet taken or refused. */
  ServiceConnection arrival() throws Exception {
    return first.arrival();
  }

  /** Whether connections to the local service are there that nobody has asked for yet. */
  boolean hasArrivals() {
    return first.hasArrivals();
  }

  /** The first client is gone, and the server knows it. */
  void cutFirst() {
    first.cut();
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
    certificates.close();
  }

  private static void stop(EventLoopGroup loop) {
    loop.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
