package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEvent;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.CulvertServer;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.acme.AcmeSettings;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A server that orders its certificates from a {@link Pebble}, and its clients and visitors. */
final class AcmeGround implements AutoCloseable {
  static final String DOMAIN = "tunnel.test";

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Pebble pebble;
  private final Path state;
  private final @Nullable Path hook;
  private final SampleApp app = SampleApp.start(ANY_PORT);
  private final List<CulvertClient> clients = new ArrayList<>();
  private final Map<String, Secret> instances = new HashMap<>();
  private CulvertServer server;
  private @Nullable Secret token;

  private AcmeGround(Pebble pebble, Path state, @Nullable Path hook) throws Exception {
    this.pebble = pebble;
    this.state = state;
    this.hook = hook;
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
        ServerConfig.local(state)
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

  /** Opens a tunnel, of the same client as before; returns its host. */
  String open(String name) throws Exception {
    CountDownLatch opened = new CountDownLatch(1);
    LocalTarget target =
        new LocalTarget(LocalTarget.Scheme.HTTP, "127.0.0.1", app.address().getPort());
    if (token == null) {
      token = server.tokens().create("visited").text();
      FinestOutput.tell(token);
    }
    Secret instance = instances.computeIfAbsent(name, _ -> ClientConfig.newInstance());
    FinestOutput.tell(instance);
    clients.add(
        CulvertClient.start(
            new ClientConfig(
                "127.0.0.1",
                server.tunnelAddress().getPort(),
                Trust.pinned(server.pin()),
                token,
                instance,
                List.of(TunnelSpec.http(target, name))),
            event -> {
              if (event instanceof ClientEvent.Opened) {
                opened.countDown();
              }
            }));
    assertThat(opened.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).as("opened").isTrue();
    return name + "." + DOMAIN;
  }

  /** What a visitor is presented with who trusts the authority and checks the host's name. */
  X509Certificate verified(String host) throws Exception {
    return presented(host, pebble.visitorTrust(), "HTTPS");
  }

  /** What a visitor is presented with who takes anything. */
  X509Certificate presented(String host) throws Exception {
    SSLContext anything = SSLContext.getInstance("TLS");
    anything.init(null, new X509TrustManager[] {new Anyone()}, null);
    return presented(host, anything, "");
  }

  private X509Certificate presented(String host, SSLContext trust, String check) throws Exception {
    SSLSocketFactory factory = trust.getSocketFactory();
    Socket plain = new Socket(pebble.address(), pebble.https().getPort());
    plain.setSoTimeout(TIMEOUT_MILLIS);
    try (SSLSocket socket =
        (SSLSocket) factory.createSocket(plain, host, pebble.https().getPort(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      parameters.setEndpointIdentificationAlgorithm(check);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  /** The files of certificates that were issued. */
  List<Path> issued() throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.exists(state.resolve("certificates"))) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(state.resolve("certificates"))) {
        all.forEach(files::add);
      }
    }
    return files;
  }

  Path issued(String name) {
    return state.resolve("certificates").resolve(name + ".pem");
  }

  /** Where the account and the orders are. */
  Path acmeState() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(state.resolve("acme"))) {
      return all.iterator().next();
    }
  }

  Path journal() throws IOException {
    return acmeState().resolve("orders.json");
  }

  int httpPort() {
    return server.httpAddress().getPort();
  }

  @Override
  public void close() {
    stop();
    app.close();
  }

  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
