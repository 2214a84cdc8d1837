package dev.culvert.server.agent;

import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.route.DomainProof;
import dev.culvert.server.route.DomainProofs;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortListener;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.route.TestNameServer;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.token.IssuedToken;
import dev.culvert.server.token.TokenStore;
import dev.culvert.server.token.TokenVerifier;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The server's half that clients meet, with real tokens and routes, and no sockets. */
final class AgentGround implements AutoCloseable, PortListener {
  static final Secret ANN = new Secret("a".repeat(32));
  static final Secret BOB = new Secret("b".repeat(32));

  private static final int PATIENCE_SECONDS = 20;

  final List<Route> opened = new ArrayList<>();
  final List<Route> listening = new ArrayList<>();
  final TokenStore tokens;
  final TokenVerifier verifier;
  final RouteTable routes;
  final TestNameServer nameServer = TestNameServer.start();
  private final DomainProof domainProof = new DomainProof(nameServer.address());
  final RuleBook ruleBook = new RuleBook(() -> 443);
  final Agents agents;
  final AgentAcceptor acceptor;
  final IssuedToken token;
  final AtomicLong nanos = new AtomicLong(); // what failures are timed by
  final AtomicLong rateNanos = new AtomicLong(); // what rates are measured by
  @Nullable IOException portFailure;
  Runnable whenStopped = () -> {};

  AgentGround(Path state) throws Exception {
    this(state, Permissions.STANDARD, Clock.systemUTC());
  }

  /** With a token that allows this much, good for an hour of {@code clock}. */
  AgentGround(Path state, Permissions permissions, InstantSource clock) throws Exception {
    tokens = TokenStore.open(state, clock);
    verifier = TokenVerifier.open(tokens);
    routes =
        RouteTable.open(
            "localhost",
            new PortRange(100, 300),
            state.resolve("leases.json"),
            Duration.ofHours(1),
            Clock.systemUTC());
    agents =
        new Agents(
            routes, this, this::urls, domainProof, ruleBook, verifier, clock, rateNanos::get);
    acceptor = new AgentAcceptor(agents, "culvertd test", nanos::get);
    token = tokens.create("laptop", permissions, Duration.ofHours(1));
    verifier.reloadIfChanged();
    warm(token.text());
  }

  private List<String> urls(Route route) {
    opened.add(route);
    return List.of("url:" + route.address());
  }

  /** Has the DNS asked again. */
  void forgetProofs() {
    DomainProofs.forget(domainProof);
  }

  /** Has the answer of the DNS at hand. */
  void warmProof(String host) throws Exception {
    domainProof
        .check(host, token.record().id())
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Has the answer for a token at hand, so that the next handshake gets it at once. */
  void warm(Secret text) throws Exception {
    verifier.verify(text).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  Hello hello(Secret instance, @Nullable String joins) {
    return new Hello(ControlProtocol.VERSION, token.text(), instance, joins, 16, "culvert test");
  }

  /** A client of that instance that was let in. */
  TestClient connect(Secret instance) throws Exception {
    return joined(instance, null);
  }

  /** A client that was let in beside a session. */
  TestClient joined(Secret instance, @Nullable String session) throws Exception {
    TestClient client = new TestClient(this);
    client.greet(hello(instance, session));
    client.openControl();
    return client;
  }

  @Override
  public Future<Void> listen(Route route) {
    listening.add(route);
    return portFailure == null
        ? ImmediateEventExecutor.INSTANCE.newSucceededFuture(null)
        : ImmediateEventExecutor.INSTANCE.newFailedFuture(portFailure);
  }

  @Override
  public void stop(Route route) {
    listening.remove(route);
    whenStopped.run();
  }

  @Override
  public void close() {
    domainProof.close();
    ruleBook.close();
    nameServer.close();
    verifier.close();
  }
}
