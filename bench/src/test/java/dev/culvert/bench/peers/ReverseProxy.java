package dev.culvert.bench.peers;

import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEvent;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.server.CulvertServer;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.log.AccessLogSettings;
import dev.culvert.server.log.Format;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A running reverse proxy before a service on loopback: ours or another. */
record ReverseProxy(InetSocketAddress address, List<Runnable> closing) implements AutoCloseable {
  /** The name that it serves. */
  static final String HOST = "app.localhost";

  /** Where ours over HTTPS logs its visitors. */
  static final String ACCESS_LOG = "access.log";

  /** How long the others wait for the rest of a request. */
  private static final int PATIENCE_SECONDS = 2;

  /** Ours, over plain HTTP. */
  static ReverseProxy culvert(Path home, int servicePort) throws Exception {
    return culvertHttp(ServerConfig.local(home.resolve("state")), servicePort);
  }

  /** Ours, over HTTP/2 without TLS as well. */
  static ReverseProxy culvertHttp2(Path home, int servicePort) throws Exception {
    return culvertHttp(ServerConfig.local(home.resolve("state")).withHttp2Cleartext(), servicePort);
  }

  private static ReverseProxy culvertHttp(ServerConfig config, int servicePort) throws Exception {
    InetSocketAddress address = PeerProgram.freePort();
    return culvert(
        config.withAddresses(PeerProgram.freePort(), address), address, "app", servicePort);
  }

  /**
   * Ours, over HTTPS. It takes its own address for the tunnel's name, so that it serves those who
   * ask for no other.
   */
  static ReverseProxy culvertHttps(Path home, int servicePort) throws Exception {
    InetSocketAddress address = PeerProgram.freePort();
    String[] firstAndOthers = host(address).split("\\.", 2);
    ServerConfig config =
        ServerConfig.local(home.resolve("state"))
            .withAddresses(PeerProgram.freePort(), null)
            .withHttps(address)
            .withAccessLog(new AccessLogSettings(home.resolve(ACCESS_LOG), Format.JSON, true))
            .withDomain(firstAndOthers[1]);
    return culvert(config, address, firstAndOthers[0], servicePort);
  }

  /** Ours, with a client that has {@code name}. */
  static ReverseProxy culvert(
      ServerConfig serverConfig, InetSocketAddress address, String name, int servicePort)
      throws Exception {
    CulvertServer server = CulvertServer.start(serverConfig);
    InetSocketAddress tunnel = server.tunnelAddress();
    ClientConfig config =
        new ClientConfig(
            tunnel.getAddress().getHostAddress(),
            tunnel.getPort(),
            Trust.pinned(server.pin()),
            server.tokens().create("peer").text(),
            ClientConfig.newInstance(),
            List.of(
                TunnelSpec.http(
                    new LocalTarget(LocalTarget.Scheme.HTTP, "127.0.0.1", servicePort), name)));
    CountDownLatch isOpen = new CountDownLatch(1);
    CulvertClient client =
        CulvertClient.start(
            config,
            event -> {
              if (event instanceof ClientEvent.Opened) {
                isOpen.countDown();
              }
            });
    ReverseProxy proxy = new ReverseProxy(address, List.of(client::close, server::close));
    if (!isOpen.await(20, TimeUnit.SECONDS)) {
      proxy.close();
      throw new AssertionError("the tunnel did not open");
    }
    return proxy;
  }

  static ReverseProxy nginx(Path home, int servicePort) throws IOException {
    InetSocketAddress address = PeerProgram.freePort();
    String config =
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr;
        events { worker_connections 512; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          client_header_timeout %1$d;
          client_body_timeout %1$d;
          keepalive_timeout %1$d;
          lingering_timeout 1;
          upstream service { server 127.0.0.1:%2$d; keepalive 8; }
          server {
            listen %3$s:%4$d;
            location / {
              proxy_pass http://service;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
            }
          }
        }
        """
            .formatted(PATIENCE_SECONDS, servicePort, host(address), address.getPort());
    Files.writeString(home.resolve("nginx.conf"), config);
    PeerProgram program =
        PeerProgram.start(home, "nginx", "-p", home + "/", "-c", "nginx.conf", "-e", "stderr");
    program.awaitListening(address);
    return new ReverseProxy(address, List.of(program::close));
  }

  static ReverseProxy haproxy(Path home, int servicePort) throws IOException {
    InetSocketAddress address = PeerProgram.freePort();
    String config =
        """
        defaults
          mode http
          timeout connect %1$ds
          timeout client %1$ds
          timeout server %1$ds
          timeout http-request %1$ds
          timeout http-keep-alive %1$ds
        frontend visitors
          bind %3$s:%4$d
          default_backend service
        backend service
          server one 127.0.0.1:%2$d
        """
            .formatted(PATIENCE_SECONDS, servicePort, host(address), address.getPort());
    Files.writeString(home.resolve("haproxy.cfg"), config);
    PeerProgram program = PeerProgram.start(home, "haproxy", "-db", "-f", "haproxy.cfg");
    program.awaitListening(address);
    return new ReverseProxy(address, List.of(program::close));
  }

  private static String host(InetSocketAddress address) {
    return address.getAddress().getHostAddress();
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
  }
}
