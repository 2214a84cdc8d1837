package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.client.ClientEvent;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.CulvertServer;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.acme.AcmeSettings;
import dev.culvert.server.route.NamePattern;
import dev.culvert.server.route.Permissions;
import dev.culvert.tls.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server that orders its certificates from a {@link Pebble}, and its clients and visitors. */
final class AcmeGround implements AutoCloseable {
  static final String DOMAIN = "tunnel.test";

  /** A host elsewhere that the clients' token grants. */
  static final String GRANTED = "www.shop.example";

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final long DEADLINE_SECONDS = 20;

  private final Pebble pebble;
  private final AcmeState state;
  private final @Nullable Path hook;
  private final Visitor visitor;
  private final LogLines log = new LogLines();
  private final SampleApp app = SampleApp.start(ANY_PORT);
  private final List<CulvertClient> clients = new ArrayList<>();
  private final Map<String, Secret> instances = new HashMap<>();
  private CulvertServer server;
  private @Nullable Secret token;

  private AcmeGround(Pebble pebble, Path state, @Nullable Path hook) throws Exception {
    this.pebble = pebble;
    this.state = new AcmeState(state);
    this.hook = hook;
    visitor = new Visitor(pebble);
    server = start();
  }

  static AcmeGround start(Pebble pebble, Path state) throws Exception {
    return new AcmeGround(pebble, state, null);
  }

  static AcmeGround startWithHook(Pebble pebble, Path state, Path hook) throws Exception {
    return new AcmeGround(pebble, state, hook);
  }

  private CulvertServer start() throws Exception {
    return CulvertServer.start(
        ServerConfig.local(state.path())
            .withDomain(DOMAIN)
            .withAcme(
                new AcmeSettings(pebble.directory(), "me@example.com", pebble.trustFile(), hook))
            .withAddresses(ANY_PORT, pebble.http())
            .withHttps(pebble.https()));
  }

  void stop() {
    clients.forEach(CulvertClient::close);
    clients.clear();
    server.close();
  }

  void startAgain() throws Exception {
    server = start();
  }

  /** What the servers have logged, from the first one's start on. */
  LogLines log() {
    return log;
  }

  AcmeState state() {
    return state;
  }

  /** Opens a tunnel, of the same client as before; returns its host, which is ordered for. */
  String open(String name) throws Exception {
    awaitEvent(connect(name), ClientEvent.Opened.class);
    return name.contains(".") ? name : name + "." + DOMAIN;
  }

  /** Opens a tunnel, and waits until its host has another certificate than before. */
  String openCertified(String name) throws Exception {
    String host = open(name);
    log.await(host + ": has a certificate until ");
    return host;
  }

  /** How a client ends that asks for a name that it is not given. */
  ClientEnd refused(String name) throws Exception {
    return awaitEvent(connect(name), ClientEvent.Ended.class).end();
  }

  private BlockingQueue<ClientEvent> connect(String name) throws Exception {
    LocalTarget target =
        new LocalTarget(LocalTarget.Scheme.HTTP, "127.0.0.1", app.address().getPort());
    if (token == null) {
      token = newToken();
    }
    Secret instance = instances.computeIfAbsent(name, _ -> ClientConfig.newInstance());
    FinestOutput.tell(instance);
    BlockingQueue<ClientEvent> events = new LinkedBlockingQueue<>();
    clients.add(
        CulvertClient.start(
            new ClientConfig(
                "127.0.0.1",
                server.tunnelAddress().getPort(),
                Trust.pinned(server.pin()),
                token,
                instance,
                List.of(TunnelSpec.http(target, name))),
            events::add));
    return events;
  }

  /** Grants every name below the domain, {@link #GRANTED}, and nothing that has to be proven. */
  private Secret newToken() throws Exception {
    Permissions standard = Permissions.STANDARD;
    Permissions permissions =
        new Permissions(
            standard.kinds(),
            standard.names(),
            List.of(new NamePattern(GRANTED)),
            false,
            standard.ports(),
            standard.maxTunnels(),
            standard.maxStreams(),
            standard.maxStreamsPerSecond());
    Secret made = server.tokens().create("visited", permissions, null).text();
    FinestOutput.tell(made);
    return made;
  }

  private static <E extends ClientEvent> E awaitEvent(
      BlockingQueue<ClientEvent> events, Class<E> kind) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (true) {
      ClientEvent event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(event).as("%s within %d s", kind.getSimpleName(), DEADLINE_SECONDS).isNotNull();
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
    }
  }

  /** What a visitor is presented with who trusts the authority and checks the host's name. */
  X509Certificate verified(String host) throws Exception {
    return visitor.verified(host);
  }

  /** What a visitor is presented with who takes anything. */
  X509Certificate presented(String host) throws Exception {
    return visitor.presented(host);
  }

  @Override
  public void close() {
    stop();
    app.close();
    log.close();
  }
}
