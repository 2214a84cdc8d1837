package dev.culvert.server.agent;

import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteRefusedException;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.route.StreamOpener;
import dev.culvert.server.rules.Gate;
import dev.culvert.server.token.Grant;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
   * - Once ended, the agent has no tunnels and gains none.
   * - A route is in the RouteTable, and counts for its token, exactly while it is in tunnels.
   * - A stream counts for its token until it is closed, whatever becomes of its tunnel.
   */
  private static final Logger logger = LoggerFactory.getLogger(Agent.class);
  private static final int MAX_TUNNELS = 100;
  private static final int MAX_SESSIONS = 8;

  private final String holder;
  private final Grant grant;
  private final Agents agents;
  private final List<AgentSession> sessions = new CopyOnWriteArrayList<>();
  private final Map<Integer, AgentTunnel> tunnels = new ConcurrentHashMap<>(); // changed by this
  private final TokenUse use;
  private final HostClaims hostClaims;
  private boolean isEnded; // guarded by this

  Agent(String holder, Grant grant, TokenUse use, Agents agents) {
    this.holder = holder;
    this.grant = grant;
    this.use = use;
    this.agents = agents;
    this.hostClaims = new HostClaims(holder, grant, agents);
  }

  String holder() {
    return holder;
  }

  Grant grant() {
    return grant;
  }

  TokenUse use() {
    return use;
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
    hostClaims.check(
        session,
        message,
        isProven -> openTunnel(session, message, isProven),
        refusal -> refuse(session, message, refusal.code(), refusal.reason()));
  }

  private void openTunnel(AgentSession session, OpenTunnel message, boolean isProven) {
    AgentTunnel tunnel;
    try {
      tunnel = register(message, isProven);
    } catch (RouteRefusedException e) {
      refuse(session, message, e.code(), e.reason());
      return;
    }
    if (tunnel == null) {
      logger.debug("{} asked for a tunnel after its end", this); // of which it is being told
    } else if (!isAllowed(tunnel)) { // narrowed while it was being registered
      closeTunnel(tunnel.route().tunnel());
      refuse(session, message, TunnelRefusalCode.FORBIDDEN, "the token no longer allows it");
    } else if (tunnel.route().kind() == TunnelKind.TCP) {
      listen(session, message, tunnel.route());
    } else {
      opened(session, tunnel.route());
    }
  }

  private boolean isAllowed(AgentTunnel tunnel) {
    Permissions permissions = agents.permissions(grant);
    return permissions != null && tunnel.isAllowedBy(permissions);
  }

  /** Null where the agent has ended, or its token is void. */
  private synchronized @Nullable AgentTunnel register(OpenTunnel message, boolean isProven)
      throws RouteRefusedException {
    if (isEnded) {
      return null;
    }
    int number = message.tunnel();
    if (tunnels.containsKey(number)) {
      throw new RouteRefusedException(
          TunnelRefusalCode.EXHAUSTED,
          "the client has a tunnel with the number " + number + "; each needs its own");
    }
    if (tunnels.size() >= MAX_TUNNELS) {
      throw new RouteRefusedException(
          TunnelRefusalCode.EXHAUSTED,
          "a client has at most " + MAX_TUNNELS + " tunnels; close one, or start a second client");
    }
    Permissions permissions = agents.permissions(grant);
    if (permissions == null) {
      return null; // void, and about to be ended
    }
    if (!use.addTunnel(permissions)) {
      throw new RouteRefusedException(
          TunnelRefusalCode.EXHAUSTED,
          "the token allows at most " + permissions.maxTunnels() + " tunnels; close one");
    }
    try {
      AgentTunnel tunnel = new AgentTunnel(open(message, permissions, isProven), isProven);
      tunnels.put(number, tunnel);
      return tunnel;
    } catch (RouteRefusedException | RuntimeException e) {
      use.removeTunnel();
      throw e;
    }
  }

  private Route open(OpenTunnel message, Permissions permissions, boolean isProven)
      throws RouteRefusedException {
    int tunnel = message.tunnel();
    Gate gate = AskedRules.gate(message, permissions, agents.ruleBook());
    return agents
        .routes()
        .open(
            new RouteTable.Request(
                message.kind(),
                holder,
                permissions,
                message.key(),
                message.name(),
                isProven,
                message.port()),
            address ->
                message.kind() == TunnelKind.HTTP
                    ? new Route(TunnelKind.HTTP, address, 0, tunnel, toString(), gate, this)
                    : new Route(
                        TunnelKind.TCP,
                        "",
                        Integer.parseInt(address),
                        tunnel,
                        toString(),
                        gate,
                        this));
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
    session.send(
        new TunnelOpened(route.tunnel(), agents.urls().of(route), !route.gate().kinds().isEmpty()));
  }

  private void refuse(
      AgentSession session, OpenTunnel message, TunnelRefusalCode code, String reason) {
    logger.info("{} was refused a tunnel: {}", this, reason);
    session.send(new TunnelRefused(message.tunnel(), code, reason));
  }

  void closeTunnel(int tunnel) {
    AgentTunnel closing;
    synchronized (this) {
      closing = tunnels.remove(tunnel);
    }
    if (closing != null) {
      close(closing.route());
    }
  }

  private void close(Route route) {
    use.removeTunnel();
    if (route.kind() == TunnelKind.TCP) {
      agents.ports().stop(route);
    }
    agents.routes().close(route);
  }

  /** Ends tunnels that the token has just ceased to allow, their streams too. */
  void restrict(Permissions permissions) {
    for (AgentTunnel tunnel : tunnels.values()) {
      if (!tunnel.isAllowedBy(permissions)) {
        lose(tunnel, tunnel.route().address());
      }
    }
  }

  /** Ends tunnels beyond the number that the token now allows, and their streams. */
  void reduce(Permissions permissions) {
    for (AgentTunnel tunnel : tunnels.values()) {
      if (use.hasMoreTunnelsThan(permissions)) {
        lose(tunnel, "more than " + permissions.maxTunnels() + " tunnels");
      }
    }
  }

  /** Cuts so many streams, or all that there are; how many they were. */
  int cut(int count) {
    int done = 0;
    for (AgentTunnel tunnel : tunnels.values()) {
      done += tunnel.cut(count - done);
    }
    return done;
  }

  private void lose(AgentTunnel tunnel, String noLongerAllowed) {
    int number = tunnel.route().tunnel();
    synchronized (this) {
      if (!tunnels.remove(number, tunnel)) {
        return; // the client has closed it, and may have another of that number
      }
    }
    close(tunnel.route());
    tunnel.cut();
    logger.info("{} lost {}: the token no longer allows it", this, tunnel.route().address());
    String message = "the token no longer allows " + noLongerAllowed;
    sessions.forEach(
        session -> session.send(new TunnelRefused(number, TunnelRefusalCode.FORBIDDEN, message)));
  }

  // Streams.

  @Override
  public Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer) {
    Permissions permissions = agents.permissions(grant);
    if (permissions == null) {
      return failed("the client's token is no longer valid");
    }
    AgentTunnel tunnel = tunnels.get(preamble.tunnel());
    if (tunnel == null || !tunnel.isAllowedBy(permissions)) {
      return failed("the client's token no longer allows it");
    }
    AgentSession session = session();
    if (session == null) {
      return failed("the client is not connected");
    }
    String refusal = use.addStream(permissions, System.nanoTime());
    if (refusal != null) {
      return failed(refusal);
    }
    Future<StreamChannel> opened;
    try {
      opened = session.open(preamble, initializer);
    } catch (RuntimeException e) { // a session that has just joined speaks yamux a moment later
      use.removeStream();
      return failed("the client is not ready: " + e.getMessage());
    }
    return opened.addListener((Future<StreamChannel> done) -> opened(tunnel, done));
  }

  private void opened(AgentTunnel tunnel, Future<StreamChannel> done) {
    if (done.isSuccess()) {
      StreamChannel stream = done.getNow();
      stream.closeFuture().addListener(closed -> use.removeStream());
      tunnel.add(stream);
    } else {
      use.removeStream();
    }
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
    List<AgentTunnel> closing;
    synchronized (this) {
      isEnded = true;
      closing = List.copyOf(tunnels.values());
      tunnels.clear();
    }
    closing.forEach(tunnel -> close(tunnel.route()));
  }

  /** The token's name and the start of the holder's hash: enough to tell clients apart in logs. */
  @Override
  public String toString() {
    int hash = holder.indexOf(RouteTable.TOKEN_END) + 1;
    return grant.tokenName() + "/" + holder.substring(hash, hash + 6);
  }
}
