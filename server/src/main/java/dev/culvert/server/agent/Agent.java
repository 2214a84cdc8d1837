package dev.culvert.server.agent;

import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.route.StreamOpener;
import dev.culvert.server.token.Grant;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One client: a token and an instance, with one or more sessions and the tunnels they serve.
 *
 * <p>Routes point here, never at a session, so that sessions may come and go beneath them. Any
 * thread.
 */
final class Agent implements StreamOpener {
  /*
   * Invariants:
   * - Once ended, the agent gains no session, and its tunnels are closed.
   * - A stream counts for its token until it is closed, whatever becomes of its tunnel.
   */
  private static final int MAX_SESSIONS = 8;

  private final String holder;
  private final Grant grant;
  private final Agents agents;
  private final List<AgentSession> sessions = new CopyOnWriteArrayList<>();
  private final TokenUse use;
  private final AgentTunnels tunnels;
  private boolean isEnded; // guarded by this

  Agent(String holder, Grant grant, TokenUse use, Agents agents) {
    this.holder = holder;
    this.grant = grant;
    this.use = use;
    this.agents = agents;
    this.tunnels = new AgentTunnels(this, use, agents);
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

  AgentTunnels tunnels() {
    return tunnels;
  }

  /** Tells the client, on each of its sessions. */
  void send(ServerMessage message) {
    sessions.forEach(session -> session.send(message));
  }

  // Streams.

  @Override
  public Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer) {
    Permissions permissions = agents.permissions(grant);
    if (permissions == null) {
      return failed("the client's token is no longer valid");
    }
    AgentTunnel tunnel = tunnels.find(preamble.tunnel());
    if (tunnel == null || !tunnel.isAllowedBy(permissions)) {
      return failed("the client's token no longer allows it");
    }
    AgentSession session = session();
    if (session == null) {
      return failed("the client is not connected");
    }
    String refusal = use.addStream(permissions, agents.nanoTime());
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

  @Override
  public long roundTripNanos() {
    AgentSession session = session();
    return session == null ? 0 : session.roundTripNanos();
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
      tunnels.close();
    }
  }

  /** Gives up the routes at once, then ends the sessions. */
  void end(EndCode code, String message) {
    synchronized (this) {
      isEnded = true;
    }
    tunnels.close();
    for (AgentSession session : sessions) {
      session.end(code, message);
    }
  }

  /** The token's name and the start of the holder's hash: enough to tell clients apart in logs. */
  @Override
  public String toString() {
    int hash = holder.indexOf(RouteTable.TOKEN_END) + 1;
    return grant.tokenName() + "/" + holder.substring(hash, hash + 6);
  }
}
