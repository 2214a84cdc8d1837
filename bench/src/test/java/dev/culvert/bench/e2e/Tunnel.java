package dev.culvert.bench.e2e;

import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.CulvertServer;
import dev.culvert.server.ServerConfig;
import dev.culvert.tls.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A server on loopback, and the clients that a test connects to it. */
final class Tunnel implements AutoCloseable {
  static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final List<Client> clients = new ArrayList<>();
  private ServerConfig config;
  private CulvertServer server;

  private Tunnel(ServerConfig config, CulvertServer server) {
    this.config = config;
    this.server = server;
  }

  /** A server with HTTP and HTTPS on free ports and two event loops, so that hops happen. */
  static Tunnel start(Path state) throws Exception {
    return start(ServerConfig.local(state).withHttps(ANY_PORT).withThreads(2));
  }

  static Tunnel start(ServerConfig config) throws Exception {
    return new Tunnel(config, CulvertServer.start(config));
  }

  CulvertServer server() {
    return server;
  }

  /** Stops the server, and starts it again on the same ports. */
  void restartServer() throws Exception {
    stopServer();
    startServer();
  }

  void stopServer() {
    config =
        config
            .withAddresses(server.tunnelAddress(), server.httpAddress())
            .withHttps(server.httpsAddress());
    server.close();
  }

  void startServer() throws Exception {
    server = CulvertServer.start(config);
  }

  Secret newToken() throws Exception {
    Secret token =
        server.tokens().create("t" + UUID.randomUUID().toString().substring(0, 8)).text();
    FinestOutput.tell(token);
    return token;
  }

  /** A new client of its own token, online with its tunnels open. */
  Client connect(TunnelSpec... tunnels) throws Exception {
    Client client = Client.start(clientConfig(newToken(), tunnels));
    clients.add(client);
    client.awaitOpened(tunnels.length);
    return client;
  }

  /** A client that is started, come what may. */
  Client start(ClientConfig clientConfig) throws Exception {
    Client client = Client.start(clientConfig);
    clients.add(client);
    return client;
  }

  ClientConfig clientConfig(Secret token, TunnelSpec... tunnels) {
    return new ClientConfig(
        "127.0.0.1",
        server.tunnelAddress().getPort(),
        Trust.pinned(server.pin()),
        token,
        ClientConfig.newInstance(),
        List.of(tunnels));
  }

  static TunnelSpec http(int port) {
    return TunnelSpec.http(new LocalTarget(LocalTarget.Scheme.HTTP, "127.0.0.1", port));
  }

  static TunnelSpec http(int port, String name) {
    return TunnelSpec.http(new LocalTarget(LocalTarget.Scheme.HTTP, "127.0.0.1", port), name);
  }

  static TunnelSpec tcp(int port) {
    return TunnelSpec.tcp(new LocalTarget(LocalTarget.Scheme.TCP, "127.0.0.1", port), 0);
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
    server.close();
  }
}
