package dev.culvert.server.agent;

import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.route.DomainProof;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortListener;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.token.Grant;
import dev.culvert.server.token.TokenVerifier;
import dev.culvert.server.visitor.Source;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All clients that are connected, one {@link Agent} for each token and instance. Any thread.
 *
 * <p>A new session of an instance replaces what the instance had, at once and whether or not the
 * old connection has been noticed to be dead; so a client that reconnects never finds its own name
 * taken. A session that names a live one to join stands beside it instead.
 */
public final class Agents {
  private static final Logger logger = LoggerFactory.getLogger(Agents.class);

  private final RouteTable routes;
  private final PortListener ports;
  private final PublicUrls urls;
  private final DomainProof domainProof;
  private final RuleBook ruleBook;
  private final TokenVerifier verifier;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Map<String, Agent> byHolder = new HashMap<>(); // guarded by this
  private final TokenUses uses;
  private final RandomGenerator random = new SecureRandom();
  private final Promise<Void> closed = GlobalEventExecutor.INSTANCE.newPromise();
  private boolean isClosed; // guarded by this

  public Agents(
      RouteTable routes,
      PortListener ports,
      PublicUrls urls,
      DomainProof domainProof,
      RuleBook ruleBook,
      TokenVerifier verifier,
      InstantSource clock) {
    this(routes, ports, urls, domainProof, ruleBook, verifier, clock, System::nanoTime);
  }

  /** {@code nanoTime} is what rates are measured by. */
  Agents(
      RouteTable routes,
      PortListener ports,
      PublicUrls urls,
      DomainProof domainProof,
      RuleBook ruleBook,
      TokenVerifier verifier,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.routes = routes;
    this.ports = ports;
    this.urls = urls;
    this.domainProof = domainProof;
    this.ruleBook = ruleBook;
    this.verifier = verifier;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.uses = new TokenUses(nanoTime);
    verifier.onChanged(this::changed);
  }

  RouteTable routes() {
    return routes;
  }

  PortListener ports() {
    return ports;
  }

  RuleBook ruleBook() {
    return ruleBook;
  }

  PublicUrls urls() {
    return urls;
  }

  DomainProof domainProof() {
    return domainProof;
  }

  TokenVerifier verifier() {
    return verifier;
  }

  /** What {@code grant} allows now; null where it is void. */
  @Nullable Permissions permissions(Grant grant) {
    return verifier.permissions(grant, clock.instant());
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** How many clients are connected. */
  public synchronized int size() {
    return byHolder.size();
  }

  /** The sessions there are, in no order. */
  public List<SessionFacts> sessions() {
    return agents().stream().flatMap(agent -> agent.sessions().stream()).toList();
  }

  /** Lets a session in; null where the session it wants to join is not there. */
  @Nullable AgentSession admit(Grant grant, Hello hello, Channel connection) {
    String holder = holder(grant, hello.instance());
    Agent agent;
    Agent superseded = null;
    synchronized (this) {
      if (isClosed) {
        return null;
      }
      agent = byHolder.get(holder);
      if (hello.joins() == null) {
        superseded = agent;
        agent = new Agent(holder, grant, uses.enter(grant.tokenId()), this);
        byHolder.put(holder, agent);
      } else if (agent == null || !agent.hasSession(hello.joins()) || isOlder(grant, agent)) {
        return null;
      }
    }
    if (superseded != null) {
      superseded.end(EndCode.SUPERSEDED, "a newer session of the same client took over");
    }
    AgentSession session = new AgentSession(newId(), agent, connection, hello, clock.instant());
    if (!agent.add(session)) {
      if (hello.joins() == null) {
        remove(agent); // it was ended before it began
      }
      return null;
    }
    if (permissions(grant) == null) { // revoked between its verification and its registration
      agent.end(EndCode.UNAUTHORIZED, "the token was revoked or has expired");
    }
    SessionFacts facts = session.facts();
    logger.info(
        "{} session {} from {} ({}) over {}",
        agent,
        facts.id(),
        facts.address(),
        facts.software(),
        facts.tls());
    return session;
  }

  /** What a token's former text let in would outlive it beside what the newer one lets in. */
  private static boolean isOlder(Grant grant, Agent agent) {
    return grant.generation() < agent.grant().generation();
  }

  /** Once for each agent, when it has ended. */
  synchronized void remove(Agent agent) {
    byHolder.remove(agent.holder(), agent);
    uses.leave(agent.grant().tokenId(), agent.use());
    if (isClosed && byHolder.isEmpty()) {
      closed.trySuccess(null);
    }
  }

  private void changed(String tokenId) {
    List<Agent> bearers =
        agents().stream().filter(agent -> agent.grant().tokenId().equals(tokenId)).toList();
    for (Agent agent : bearers) {
      Permissions permissions = permissions(agent.grant());
      if (permissions == null) {
        agent.end(EndCode.UNAUTHORIZED, "the token was revoked or has expired");
      } else {
        agent.tunnels().restrict(permissions);
      }
    }
    int excess = 0;
    for (Agent agent : bearers) { // once none of them has what it may not have anyway
      Permissions permissions = permissions(agent.grant());
      if (permissions != null) {
        agent.tunnels().reduce(permissions);
        excess = Math.max(excess, agent.use().streamsBeyond(permissions));
      }
    }
    for (Agent agent : bearers) {
      excess -= agent.tunnels().cut(excess);
    }
  }

  /** Ends every session and lets no more in; the future completes when all clients are gone. */
  public Future<Void> close() {
    synchronized (this) {
      isClosed = true;
      if (byHolder.isEmpty()) {
        closed.trySuccess(null);
      }
    }
    for (Agent agent : agents()) {
      agent.end(EndCode.SHUTDOWN, "the server stops");
    }
    return closed;
  }

  private synchronized List<Agent> agents() {
    return List.copyOf(byHolder.values());
  }

  /** The address at the other end, for logs. */
  static String peer(Channel connection) {
    InetSocketAddress address = Source.address(connection);
    return address == null
        ? String.valueOf(connection.remoteAddress())
        : NetUtil.toSocketAddressString(address);
  }

  private String newId() {
    byte[] id = new byte[8];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static String holder(Grant grant, Secret instance) {
    try {
      byte[] identity =
          (grant.tokenId() + ":" + instance.reveal()).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(identity);
      return grant.tokenId() + RouteTable.TOKEN_END + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** What a client says, for logs. */
  static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
