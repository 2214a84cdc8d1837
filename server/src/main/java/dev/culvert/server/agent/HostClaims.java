package dev.culvert.server.agent;

import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.server.route.DomainProof;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.RouteRefusedException;
import dev.culvert.server.token.Grant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Has the DNS asked before a client gets a host name that is neither below the server's domain nor
 * in its token. Any thread.
 */
final class HostClaims {
  private static final int MAX_AWAITED = 16;

  private final String holder;
  private final Grant grant;
  private final Agents agents;
  private final AtomicInteger awaited = new AtomicInteger();

  HostClaims(String holder, Grant grant, Agents agents) {
    this.holder = holder;
    this.grant = grant;
    this.agents = agents;
  }

  /**
   * Goes on with {@code allowed}, which is told whether a host name was proven, or with {@code
   * refused}: at once where nothing is to be proven, else on the session's event loop.
   */
  void check(
      AgentSession session,
      OpenTunnel message,
      Consumer<Boolean> allowed,
      Consumer<RouteRefusedException> refused) {
    Permissions permissions = agents.permissions(grant);
    String host =
        permissions == null
            ? null
            : agents.routes().hostToProve(message.kind(), message.name(), permissions);
    if (host == null) {
      allowed.accept(false);
    } else if (awaited.incrementAndGet() > MAX_AWAITED) {
      awaited.decrementAndGet();
      refused.accept(unasked(host));
    } else {
      agents
          .domainProof()
          .check(host, grant.tokenId())
          .thenAcceptAsync(
              outcome -> {
                awaited.decrementAndGet();
                answered(message, host, outcome, allowed, refused);
              },
              session.loop());
    }
  }

  private void answered(
      OpenTunnel message,
      String host,
      DomainProof.Outcome outcome,
      Consumer<Boolean> allowed,
      Consumer<RouteRefusedException> refused) {
    switch (outcome) {
      case PROVEN -> allowed.accept(true);
      case UNKNOWN -> {
        if (agents.routes().isProvenHold(host, message.path(), holder, message.pool())) {
          allowed.accept(true); // who proved it a moment ago does not lose it to a silent DNS
        } else {
          refused.accept(
              unproven(
                  host, "the DNS does not answer the question whose " + host + " is; it must say"));
        }
      }
      case NOT_PROVEN ->
          refused.accept(unproven(host, host + " is not shown to be yours; have its DNS say"));
      case BUSY -> refused.accept(unasked(host)); // a client can bring it about: no reason to trust
    }
  }

  private RouteRefusedException unproven(String host, String problem) {
    return new RouteRefusedException(
        TunnelRefusalCode.FORBIDDEN, problem + ": " + DomainProof.record(host, grant.tokenId()));
  }

  private static RouteRefusedException unasked(String host) {
    return new RouteRefusedException(
        TunnelRefusalCode.EXHAUSTED,
        "too many host names wait for their proof; ask for " + host + " later");
  }
}
