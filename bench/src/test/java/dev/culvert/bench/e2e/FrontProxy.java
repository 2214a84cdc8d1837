package dev.culvert.bench.e2e;

import dev.culvert.bench.peers.PeerProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A proxy that people put in front of a server, from Debian, running on loopback. */
record FrontProxy(PeerProgram program, int port) implements AutoCloseable {
  /**
   * HAProxy that passes connections on to {@code target}, each behind a header, and looks after the
   * server's health.
   *
   * @param option {@code send-proxy} or {@code send-proxy-v2}
   */
  static FrontProxy haproxy(Path home, int target, String option) throws Exception {
    int port = freePort();
    String config =
        """
        defaults
          mode tcp
          timeout connect 20s
          timeout client 20s
          timeout server 20s
        listen visitors
          bind 127.0.0.1:%d
          server culvert 127.0.0.1:%d %s check inter 100ms
        """
            .formatted(port, target, option);
    Path file = Files.writeString(home.resolve("haproxy.cfg"), config);
    return start(home, port, "haproxy", "-db", "-f", file.toString());
  }

  /** nginx that appends to X-Forwarded-For, as docs/operations.md has it. */
  static FrontProxy nginx(Path home, int target) throws Exception {
    int port = freePort();
    String config =
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr;
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:%d;
            location / {
              proxy_pass http://127.0.0.1:%d;
              proxy_http_version 1.1;
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_set_header X-Forwarded-Host $http_host;
              proxy_set_header X-Request-Id $request_id;
            }
          }
        }
        """
            .formatted(port, target);
    Files.writeString(home.resolve("nginx.conf"), config);
    return start(home, port, "nginx", "-p", home + "/", "-c", "nginx.conf", "-e", "stderr");
  }

  private static FrontProxy start(Path home, int port, String name, String... arguments)
      throws Exception {
    PeerProgram program = PeerProgram.start(home, name, arguments);
    program.awaitListening(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new FrontProxy(program, port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
