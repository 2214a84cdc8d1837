package dev.culvert.server.edge;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.control.ServiceProtocol;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.route.StreamOpener;
import dev.culvert.server.rules.Gate;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.visitor.Networks;
import dev.culvert.server.visitor.Patience;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.server.visitor.VisitorSettings;
import dev.culvert.tls.CertificateStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * A visitor's connection, a session and a local service behind it, all in one thread, on clocks
 * that stand.
 */
final class StandingGround implements AutoCloseable {
  static final String HOST = "app.localhost";

  private final EmbeddedSocket visitor = new EmbeddedSocket();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final EmbeddedChannel client = new EmbeddedChannel();
  private final ArrayDeque<ServiceConnection> arrivals = new ArrayDeque<>();
  private final HttpEdge edge;

  StandingGround(Path state) throws Exception {
    this(state, Patience.STANDARD);
  }

  /** With an edge that has that much patience. */
  StandingGround(Path state, Patience patience) throws Exception {
    MuxHandler mux =
        new MuxHandler(
            Role.SERVER, SessionConfig.STANDARD, new ChannelInboundHandlerAdapter(), event -> {});
    server.freezeTime();
    client.freezeTime();
    server.pipeline().addLast(mux);
    client
        .pipeline()
        .addLast(new MuxHandler(Role.CLIENT, SessionConfig.STANDARD, new Service(), event -> {}));
    RouteTable routes =
        RouteTable.open(
            "localhost",
            new PortRange(1, 1),
            state.resolve("leases.json"),
            Duration.ofHours(1),
            Clock.systemUTC());
    StreamOpener opener =
        (preamble, initializer) ->
            mux.open(
                new ChannelInitializer<StreamChannel>() {
                  @Override
                  protected void initChannel(StreamChannel stream) {
                    ByteBuf bytes = stream.alloc().buffer();
                    preamble.write(bytes);
                    stream.writeAndFlush(bytes);
                    stream.pipeline().addLast(initializer);
                  }
                });
    routes.open(
        new RouteTable.Request(
            TunnelKind.HTTP, "holder", Permissions.STANDARD, "key", "app", false, 0),
        name -> new Route(TunnelKind.HTTP, name, 0, 1, "test", opener));
    routes.open(
        new RouteTable.Request(
            TunnelKind.HTTP, "holder", Permissions.STANDARD, "other", "calls", false, 0),
        name ->
            new Route(
                TunnelKind.HTTP, name, "", 0, 2, "test", Gate.OPEN, opener, ServiceProtocol.H2C));
    RuleBook rules = new RuleBook(() -> 443);
    VisitorSettings settings =
        new VisitorSettings(TrustedProxies.NONE, Networks.NONE, 1000, patience);
    edge =
        new HttpEdge(
            routes, new CertificateStore(Clock.systemUTC()), settings, rules, AccessLog.off());
  }

  /** The visitor's connection, as the server has it. */
  EmbeddedSocket visitor() {
    return visitor;
  }

  HttpEdge edge() {
    return edge;
  }

  /** Runs tasks and carries the session's bytes until nothing happens any more. */
  void drive() {
    boolean moved = true;
    while (moved) {
      visitor.runPendingTasks();
      server.runPendingTasks();
      client.runPendingTasks();
      moved = carry(server, client);
      moved |= carry(client, server);
    }
  }

  /**
   * Carries what one end has written to the other, which reads it at once; whether there was any.
   */
  static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf bytes; (bytes = from.readOutbound()) != null; bytes.release()) {
      all.writeBytes(bytes);
    }
    boolean isSome = all.isReadable();
    if (isSome) {
      to.writeInbound(all);
    } else {
      all.release();
    }
    return isSome;
  }

  /** The service takes the connection that the request was sent on. */
  ServiceConnection serve() throws Exception {
    drive();
    ServiceConnection service = arrivals.remove();
    service.answer(StreamStatus.CONNECTED);
    drive();
    return service;
  }

  /** Whether a connection to the service is there that nobody has asked for yet. */
  boolean hasArrivals() {
    return !arrivals.isEmpty();
  }

  void respond(ServiceConnection service, String text) {
    service.send(text);
    drive();
  }

  void advance(int seconds) {
    for (int i = 0; i < seconds; i++) {
      visitor.advance(1, TimeUnit.SECONDS);
      drive();
    }
  }

  @Override
  public void close() {
    visitor.finishAndReleaseAll();
    drive();
    server.finishAndReleaseAll();
    client.finishAndReleaseAll();
    visitor.releaseOutbound(); // what it was told of that
  }

  @ChannelHandler.Sharable
  private final class Service extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel stream) {
      ServiceConnection connection = new ServiceConnection(stream);
      stream.pipeline().addLast(connection.handler());
      arrivals.add(connection);
    }
  }
}
