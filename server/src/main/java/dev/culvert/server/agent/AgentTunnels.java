package dev.culvert.server.agent;

import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.ClientMessage.TunnelHealth;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.ServiceProtocol;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteRefusedException;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.Gate;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tunnels of an {@link Agent}, by the client's numbers: opened, refused, closed, and taken away
 * where the token no longer allows them. Any thread.
 */
final class AgentTunnels {
  /*
   * Invariants:
   * - Once closed, there are no tunnels and none is added.
   * - A route is in the RouteTable, and counts for its token, exactly while it is in tunnels.
   */
  private static final Logger logger = LoggerFactory.getLogger(AgentTunnels.class);
  private static final int MAX_TUNNELS = 100;

  private final Agent agent;
  private final Agents agents;
  private final TokenUse use;
  private final HostClaims hostClaims;
  private final Map<Integer, AgentTunnel> tunnels = new ConcurrentHashMap<>(); // changed by this
  private boolean isClosed; // guarded by this

  AgentTunnels(Agent agent, TokenUse use, Agents agents) {
    this.agent = agent;
    this.use = use;
    this.agents = agents;
    this.hostClaims = new HostClaims(agent.holder(), agent.grant(), agents);
  }

  @Nullable AgentTunnel find(int number) {
    return tunnels.get(number);
  }

  void open(AgentSession session, OpenTunnel message) {
    hostClaims.check(
        session,
        message,
        isProven -> open(session, message, isProven),
        refusal -> refuse(session, message, refusal.code(), refusal.reason()));
  }

  private void open(AgentSession session, OpenTunnel message, boolean isProven) {
    AgentTunnel tunnel;
    try {
      tunnel = register(message, isProven);
    } catch (RouteRefusedException e) {
      refuse(session, message, e.code(), e.reason());
      return;
    }
    if (tunnel == null) {
      logger.debug("{} asked for a tunnel after its end", agent); // of which it is being told
    } else if (!isAllowed(tunnel)) { // narrowed while it was being registered
      close(tunnel.route().tunnel());
      refuse(session, message, TunnelRefusalCode.FORBIDDEN, "the token no longer allows it");
    } else if (tunnel.route().kind() == TunnelKind.TCP) {
      listen(session, message, tunnel.route());
    } else {
      opened(session, tunnel.route());
    }
  }

  private boolean isAllowed(AgentTunnel tunnel) {
    Permissions permissions = agents.permissions(agent.grant());
    return permissions != null && tunnel.isAllowedBy(permissions);
  }

  /** Null where the agent has ended, or its token is void. */
  private synchronized @Nullable AgentTunnel register(OpenTunnel message, boolean isProven)
      throws RouteRefusedException {
    if (isClosed) {
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
    Permissions permissions = agents.permissions(agent.grant());
    if (permissions == null) {
      return null; // void, and about to be ended
    }
    if (!use.addTunnel(permissions)) {
      throw new RouteRefusedException(
          TunnelRefusalCode.EXHAUSTED,
          "the token allows at most " + permissions.maxTunnels() + " tunnels; close one");
    }
    try {
      AgentTunnel tunnel = new AgentTunnel(route(message, permissions, isProven), isProven);
      tunnels.put(number, tunnel);
      return tunnel;
    } catch (RouteRefusedException | RuntimeException e) {
      use.removeTunnel();
      throw e;
    }
  }

  private Route route(OpenTunnel message, Permissions permissions, boolean isProven)
      throws RouteRefusedException {
    int tunnel = message.tunnel();
    String path = RouteTable.checkedPath(message.path());
    ServiceProtocol service =
        message.service() == null ? ServiceProtocol.HTTP_1 : message.service();
    Gate gate = AskedRules.gate(message, permissions, agents.ruleBook());
    return agents
        .routes()
        .open(
            new RouteTable.Request(
                message.kind(),
                agent.holder(),
                permissions,
                message.key(),
                message.name(),
                path,
                message.pool(),
                isProven,
                message.port()),
            address ->
                message.kind() == TunnelKind.HTTP
                    ? new Route(
                        TunnelKind.HTTP,
                        address,
                        path,
                        0,
                        tunnel,
                        agent.toString(),
                        gate,
                        agent,
                        service)
                    : new Route(
                        TunnelKind.TCP,
                        "",
                        "",
                        Integer.parseInt(address),
                        tunnel,
                        agent.toString(),
                        gate,
                        agent));
  }

  private void listen(AgentSession session, OpenTunnel message, Route route) {
    agents
        .ports()
        .listen(route)
        .addListener((Future<Void> done) -> {
          if (done.isSuccess()) {
            opened(session, route);
          } else {
            close(route.tunnel());
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
    logger.info("{} opened {}", agent, route.address());
    session.send(
        new TunnelOpened(route.tunnel(), agents.urls().of(route), !route.gate().kinds().isEmpty()));
  }

  private void refuse(
      AgentSession session, OpenTunnel message, TunnelRefusalCode code, String reason) {
    logger.info("{} was refused a tunnel: {}", agent, reason);
    session.send(new TunnelRefused(message.tunnel(), code, reason));
  }

  /** What a client says of its service. */
  void report(TunnelHealth health) {
    AgentTunnel tunnel = tunnels.get(health.tunnel());
    if (tunnel != null) {
      logger.debug("{} says that {} is {}", agent, tunnel.route(), health.up() ? "up" : "down");
      agents.routes().report(tunnel.route(), health.up());
    }
  }

  void close(int tunnel) {
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
    logger.info("{} lost {}: the token no longer allows it", agent, tunnel.route().address());
    String message = "the token no longer allows " + noLongerAllowed;
    agent.send(new TunnelRefused(number, TunnelRefusalCode.FORBIDDEN, message));
  }

  /** Closes them all, and lets none be added. */
  void close() {
    List<AgentTunnel> closing;
    synchronized (this) {
      isClosed = true;
      closing = List.copyOf(tunnels.values());
      tunnels.clear();
    }
    closing.forEach(tunnel -> close(tunnel.route()));
  }
}
