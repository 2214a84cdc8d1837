package dev.culvert.server;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.socket.ConnectionLimit;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.StartException.Fault;
import dev.culvert.server.agent.AgentAcceptor;
import dev.culvert.server.agent.Agents;
import dev.culvert.server.agent.SessionFacts;
import dev.culvert.server.edge.HttpEdge;
import dev.culvert.server.edge.TcpEdge;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.route.DomainProof;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.rules.RulesWatch;
import dev.culvert.server.token.FileFailure;
import dev.culvert.server.token.TokenStore;
import dev.culvert.server.token.TokenStoreException;
import dev.culvert.server.token.TokenVerifier;
import dev.culvert.server.visitor.Doorway;
import dev.culvert.tls.ClientHello;
import dev.culvert.tls.ClientHelloDispatch;
import dev.culvert.tls.ClientHelloDispatch.Destination;
import dev.culvert.tls.ReloadedKey;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server.
 *
 * <p>A visitor's byte on its way: a connection comes in at the edge ({@link HttpEdge}, {@link
 * TcpEdge}); the {@link RouteTable} knows the route for its host or port; the route's opener, one
 * of the {@link Agents}, opens a stream to the client; the stream's frames leave through that
 * client's session and TLS. Answers take the same way back. Clients come in through the {@link
 * AgentAcceptor} and register their routes.
 *
 * <p>Any thread. Closing ends every connection and leaves no thread behind.
 */
public final class CulvertServer implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(CulvertServer.class);

  private static final int MAX_VISITORS = 20_000;

  /** Longer than clients are given to hear that the server stops; then every stream has ended. */
  private static final long FAREWELL_MILLIS = 2000;

  /**
   * Connections are closed while the loops are still turning; see docs/architecture.md, Closing.
   */
  private static final long QUIET_MILLIS = 50;

  private static final long CLOSE_SECONDS = 5;

  private final ServerConfig config;
  private final StateDirectory state;
  private final ServerKeys keys;
  private final TokenStore tokens;
  private final TokenVerifier verifier;
  private final Transport transport = Transport.preferred();
  private final EventLoopGroup loops;
  private final Listeners listeners;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final RouteTable routes;
  private final DomainProof domainProof;
  private final RuleBook ruleBook = new RuleBook(this::publicHttpsPort);
  private final ConnectionLimit visitors = new ConnectionLimit(MAX_VISITORS);
  private final Doorway doorway;
  private final AccessLog accessLog;
  private final HttpEdge httpEdge;
  private final Agents agents;
  private final AgentAcceptor acceptor;
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final Housekeeping housekeeping = new Housekeeping();
  private final SessionsFile sessionsFile;
  private final @Nullable CertificateOrders orders;
  private final @Nullable RulesWatch rules;
  private @Nullable InetSocketAddress tunnelAddress;
  private @Nullable InetSocketAddress httpAddress;
  private @Nullable InetSocketAddress httpsAddress;

  private CulvertServer(
      ServerConfig config,
      StateDirectory state,
      TokenStore tokens,
      ServerKeys keys,
      @Nullable RulesWatch rules)
      throws IOException, TokenStoreException {
    this.config = config;
    this.state = state;
    sessionsFile = new SessionsFile(state.path());
    this.keys = keys;
    this.tokens = tokens;
    accessLog = config.openAccessLog();
    this.rules = rules;
    if (rules != null) {
      rules.guide(ruleBook);
    }
    verifier =
        config.needsToken() ? TokenVerifier.open(tokens) : TokenVerifier.openToAnyone(tokens);
    routes = routes(config, state);
    orders = CertificateOrders.open(config, keys, routes);
    domainProof = new DomainProof(config.nameServer());
    doorway = config.visitors().doorway();
    loops = transport.newEventLoopGroup(config.threads(), "culvertd");
    listeners = new Listeners(loops, transport, channels);
    httpEdge = new HttpEdge(routes, config.visitors().proxies(), ruleBook, accessLog);
    TcpEdge tcpEdge =
        new TcpEdge(loops, transport, config.tcpAddress(), visitors, doorway, accessLog, channels);
    agents =
        new Agents(routes, tcpEdge, this::urls, domainProof, ruleBook, verifier, Clock.systemUTC());
    acceptor = new AgentAcceptor(agents, Version.text());
  }

  /**
   * Starts a server; it serves once this returns.
   *
   * @throws StartException with the remedy, where a file or an address cannot be had
   */
  public static CulvertServer start(ServerConfig config) throws IOException, TokenStoreException {
    ReloadedKey certificate = ServerKeys.certificate(config, Clock.systemUTC());
    RulesWatch rules = rules(config.rules());
    StateDirectory state = StateDirectory.open(config.stateDirectory());
    CulvertServer server;
    ServerKeys keys = null;
    try {
      state.requireKeyset(); // and make it before the identity, by which a used directory is known
      TokenStore tokens = TokenStore.open(state.path(), config.keyset(), Clock.systemUTC());
      keys = ServerKeys.open(config, certificate, Clock.systemUTC());
      server = new CulvertServer(config, state, tokens, keys, rules);
    } catch (IOException | TokenStoreException | RuntimeException e) {
      if (keys != null) {
        keys.close();
      }
      state.close();
      throw e;
    }
    try {
      server.listen();
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private static @Nullable RulesWatch rules(@Nullable Path file) throws StartException {
    try {
      return file == null ? null : RulesWatch.open(file);
    } catch (IOException e) {
      String reason = FileFailure.reason(e);
      throw new StartException(
          Fault.CONFIGURATION,
          reason.startsWith(file.toString()) ? reason : file + ": " + reason,
          "Correct the file that --rules names; docs/rules.md tells what may be in it.",
          e);
    }
  }

  private void listen() throws IOException {
    tunnelAddress =
        listeners.bind(
            "--tunnel",
            config.tunnelAddress(),
            acceptor.limit(),
            channel -> acceptor.await(channel, this::client));
    if (config.httpAddress() != null) {
      httpAddress =
          listeners.bind(
              "--http",
              config.httpAddress(),
              visitors,
              channel -> doorway.enter(channel, this::acceptHttp));
    }
    if (config.httpsAddress() != null) {
      httpsAddress =
          listeners.bind(
              "--https",
              config.httpsAddress(),
              visitors,
              channel -> {
                ClientHelloDispatch.begin(channel);
                doorway.enter(channel, this::acceptHttps);
              });
    }
    if (orders != null) {
      orders.start();
    }
    if (rules != null) {
      housekeeping.add("re-reading the rules", rules::reloadIfChanged);
    }
    housekeeping
        .add("re-reading the tokens", verifier::reloadIfChanged)
        .add("re-reading keys and certificates", keys::reloadIfChanged)
        .add("closing idle upstreams", httpEdge::sweep)
        .add("summing up failed attempts", acceptor::sweep)
        .addSummary("summing up connections of visitors", doorway::sumUp)
        .add("writing the names on hold", routes::save)
        .add("writing the list of sessions", () -> sessionsFile.save(sessions()))
        .addSummary("summing up the access log", accessLog::sumUp)
        .start();
  }

  private Destination client(ClientHello hello) {
    String name = hello.serverName();
    return new Destination(name == null ? keys.pinned() : keys.named(name), acceptor::accept);
  }

  private void acceptHttp(Channel channel) {
    if (orders == null) {
      httpEdge.acceptHttp(channel);
    } else {
      httpEdge.acceptHttp(channel, orders.newResponder());
    }
  }

  private void acceptHttps(Channel channel) {
    channel.pipeline().addLast(new ClientHelloDispatch(this::visitorOrClient));
  }

  private Destination visitorOrClient(ClientHello hello) {
    Destination challenge = orders == null ? null : orders.challenge(hello);
    if (challenge != null) {
      return challenge;
    }
    return hello.offersOnlyTunnel()
        ? client(hello).after(doorway::leave)
        : new Destination(keys.https(hello.serverName()), httpEdge::acceptHttps);
  }

  private static RouteTable routes(ServerConfig config, StateDirectory state)
      throws StartException {
    try {
      return RouteTable.open(
          config.domain(), config.tcpPorts(), state.leases(), config.hold(), Clock.systemUTC());
    } catch (IOException e) {
      throw new StartException(
          Fault.CONFIGURATION,
          state.leases() + " cannot be read, or is damaged",
          "Move it away to start with no names on hold.",
          e);
    }
  }

  /** Opens the files of logs anew, which somebody has renamed. */
  public void reopenLogs() {
    accessLog.reopen();
  }

  private List<String> urls(Route route) {
    if (route.kind() == TunnelKind.TCP) {
      return List.of("tcp://" + config.domain() + ":" + route.port());
    }
    List<String> urls = new ArrayList<>();
    String host = routes.host(route);
    if (httpsAddress != null) {
      urls.add("https://" + host + port(httpsAddress, 443) + route.path());
    }
    if (httpAddress != null) {
      urls.add("http://" + host + port(httpAddress, 80) + route.path());
    }
    return urls;
  }

  /** Where there is no listener for it, whatever ends TLS before this server has the usual one. */
  private int publicHttpsPort() {
    return httpsAddress == null ? 443 : httpsAddress.getPort();
  }

  private static String port(InetSocketAddress address, int standard) {
    return address.getPort() == standard ? "" : ":" + address.getPort();
  }

  public InetSocketAddress tunnelAddress() {
    return bound(tunnelAddress);
  }

  public InetSocketAddress httpAddress() {
    return bound(httpAddress);
  }

  public InetSocketAddress httpsAddress() {
    return bound(httpsAddress);
  }

  private static InetSocketAddress bound(@Nullable InetSocketAddress address) {
    if (address == null) {
      throw new IllegalStateException("there is no such listener");
    }
    return address;
  }

  /** The pin by which a client knows this server. */
  public String pin() {
    return keys.pin();
  }

  /** The tokens that this server accepts. */
  public TokenStore tokens() {
    return tokens;
  }

  /** How many clients are connected. */
  public int clients() {
    return agents.size();
  }

  /** The sessions of all clients, in no order. */
  public List<SessionFacts> sessions() {
    return agents.sessions();
  }

  /** How many connections are on their way to become a client's. */
  public int handshakes() {
    return acceptor.limit().connections();
  }

  /** How many names and ports are in use. */
  public int routes() {
    return routes.size();
  }

  public Transport transport() {
    return transport;
  }

  /** Whether visitors of a new tunnel are presented with a certificate for development. */
  public boolean hasDevelopmentCertificate() {
    return keys.areForDevelopment();
  }

  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      loops.terminationFuture().awaitUninterruptibly();
      return;
    }
    if (orders != null) {
      orders.close();
    }
    agents.close().awaitUninterruptibly(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    channels.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    loops
        .shutdownGracefully(QUIET_MILLIS, CLOSE_SECONDS * 1000, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
    verifier.close();
    domainProof.close();
    ruleBook.close();
    keys.close();
    accessLog.close();
    try {
      housekeeping.stop(CLOSE_SECONDS);
      routes.save();
      sessionsFile.delete();
      state.close();
    } catch (IOException | RuntimeException e) {
      logger.warn("the state was not written: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
