package dev.culvert.server.agent;

import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteRefusedException;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.route.StreamOpener;
import dev.culvert.server.token.Grant;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: a token and an instance, with one or more sessions and the tunnels they serve.
 *
 * <p>Routes point here, never at a session, so that sessions may come and go beneath them. Any
 * thread.
 */
final class Agent implements StreamOpener {
  /*
   * Invariants:
   * - Once ended, the agent has no routes and gains none.
   * - A route is in the RouteTable exactly while it is in routes.
   */
  private static final Logger logger = LoggerFactory.getLogger(Agent.class);
  private static final int MAX_TUNNELS = 100;
  private static final int MAX_SESSIONS = 8;

  private final String holder;
  private final Grant grant;
  private final Agents agents;
  private final List<AgentSession> sessions = new CopyOnWriteArrayList<>();
  private final Map<Integer, Route> routes = new HashMap<>(); // guarded by this
  private boolean isEnded; // guarded by this

  Agent(String holder, Grant grant, Agents agents) {
    this.holder = holder;
    this.grant = grant;
    this.agents = agents;
  }

  String holder() {
    return holder;
  }

  Grant grant() {
    return grant;
  }

  /** False where the agent has ended or has sessions enough. */
  synchronized boolean add(AgentSession session) {
    return !isEnded && sessions.size() < MAX_SESSIONS && sessions.add(session);
  }

  boolean hasSession(String id) {
    return sessions.stream().anyMatch(session -> session.id().equals(id) && !session.isEnded());
  }

  List<SessionFacts> sessions() {
    return sessions.stream().map(AgentSession::facts).toList();
  }

  // Tunnels.

  void openTunnel(AgentSession session, OpenTunnel message) {
    Route route;
    try {
      route = register(message);
    } catch (RouteRefusedException e) {
      refuse(session, message, e.code(), e.reason());
      return;
    }
    if (route == null) {
      logger.debug("{} asked for a tunnel after its end", this); // of which it is being told
    } else if (route.kind() == TunnelKind.TCP) {
      listen(session, message, route);
    } else {
      opened(session, route);
    }
  }

  /** Null where the agent has ended. */
  private synchronized @Nullable Route register(OpenTunnel message) throws RouteRefusedException {
    if (isEnded) {
      return null;
    }
    int tunnel = message.tunnel();
    if (routes.containsKey(tunnel)) {
      throw new RouteRefusedException(
          TunnelRefusalCode.EXHAUSTED,
          "the client has a tunnel with the number " + tunnel + "; each needs its own");
    }
    if (routes.size() >= MAX_TUNNELS) {
      throw new RouteRefusedException(
          TunnelRefusalCode.EXHAUSTED,
          "a client has at most " + MAX_TUNNELS + " tunnels; close one, or start a second client");
    }
    Route route =
        agents
            .routes()
            .open(
                new RouteTable.Request(
                    message.kind(), holder, message.key(), message.name(), message.port()),
                address ->
                    message.kind() == TunnelKind.HTTP
                        ? new Route(TunnelKind.HTTP, address, 0, tunnel, toString(), this)
                        : new Route(
                            TunnelKind.TCP,
                            "",
                            Integer.parseInt(address),
                            tunnel,
                            toString(),
                            this));
    routes.put(tunnel, route);
    return route;
  }

  private void listen(AgentSession session, OpenTunnel message, Route route) {
    agents
        .ports()
        .listen(route)
        .addListener((Future<Void> done) -> {
          if (done.isSuccess()) {
            opened(session, route);
          } else {
            closeTunnel(route.tunnel());
            refuse(
                session,
                message,
                TunnelRefusalCode.INVALID,
                "the server cannot listen on port "
                    + route.port()
                    + ": "
                    + done.cause().getMessage());
          }
        });
  }

  private void opened(AgentSession session, Route route) {
    logger.info("{} opened {}", this, route.address());
    session.send(new TunnelOpened(route.tunnel(), agents.urls().of(route)));
  }

  private void refuse(
      AgentSession session, OpenTunnel message, TunnelRefusalCode code, String reason) {
    logger.info("{} was refused a tunnel: {}", this, reason);
    session.send(new TunnelRefused(message.tunnel(), code, reason));
  }

  void closeTunnel(int tunnel) {
    Route route;
    synchronized (this) {
      route = routes.remove(tunnel);
    }
    if (route != null) {
      close(route);
    }
  }

  private void close(Route route) {
    if (route.kind() == TunnelKind.TCP) {
      agents.ports().stop(route);
    }
    agents.routes().close(route);
  }

  // Streams.

  @Override
  public Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer) {
    if (!agents.mayServe(grant)) {
      return failed("the client's token is no longer valid");
    }
    AgentSession session = session();
    return session == null
        ? failed("the client is not connected")
        : open(session, preamble, initializer);
  }

  @Override
  public @Nullable EventLoop loop() {
    AgentSession session = session();
    return session == null ? null : session.loop();
  }

  /** The one that streams are opened on now; null where the client is not connected. */
  private @Nullable AgentSession session() {
    for (AgentSession session : sessions) {
      if (!session.isEnded()) {
        return session;
      }
    }
    return null;
  }

  private static Future<StreamChannel> open(
      AgentSession session, StreamOpen preamble, ChannelHandler initializer) {
    return session.open(
        new ChannelInitializer<StreamChannel>() {
          @Override
          protected void initChannel(StreamChannel stream) {
            ByteBuf bytes = stream.alloc().buffer(64);
            preamble.write(bytes);
            stream.writeAndFlush(bytes); // before a codec could mistake it for its own
            stream.pipeline().addLast(initializer);
          }
        });
  }

  private static Future<StreamChannel> failed(String reason) {
    Promise<StreamChannel> promise = GlobalEventExecutor.INSTANCE.newPromise();
    return promise.setFailure(new IOException(reason));
  }

  // The end.

  void sessionEnded(AgentSession session) {
    boolean isLast;
    synchronized (this) {
      sessions.remove(session);
      isLast = sessions.isEmpty();
      isEnded |= isLast; // from here on no other session can join
    }
    if (isLast) {
      agents.remove(this);
      closeRoutes();
    }
  }

  /** Gives up the routes at once, then ends the sessions. */
  void end(EndCode code, String message) {
    closeRoutes();
    for (AgentSession session : sessions) {
      session.end(code, message);
    }
  }

  private void closeRoutes() {
    List<Route> closing;
    synchronized (this) {
      isEnded = true;
      closing = List.copyOf(routes.values());
      routes.clear();
    }
    closing.forEach(this::close);
  }

  /** The token's name and the start of the holder's hash: enough to tell clients apart in logs. */
  @Override
  public String toString() {
    int hash = holder.indexOf(RouteTable.TOKEN_END) + 1;
    return grant.tokenName() + "/" + holder.substring(hash, hash + 6);
  }
}
