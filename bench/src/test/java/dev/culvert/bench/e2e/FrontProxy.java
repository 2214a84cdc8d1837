package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A proxy that people put in front of a server, from Debian, running on loopback. */
final class FrontProxy implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;

  private final Process process;
  private final int port;

  private FrontProxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Where a program is; the test is skipped where it is not, and fails where CI should have it. */
  static Path require(String name) {
    Path found =
        Stream.of("/usr/bin", "/usr/sbin")
            .map(directory -> Path.of(directory, name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(Path.of(""));
    boolean isInstalled = found.isAbsolute();
    if (System.getenv("CI") != null) {
      assertThat(isInstalled).as("%s is installed", name).isTrue();
    }
    assumeTrue(isInstalled, () -> name + " is not installed");
    return found;
  }

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

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static FrontProxy start(Path home, int port, String name, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(require(name).toString()));
    command.addAll(List.of(arguments));
    Path log = home.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    FrontProxy proxy = new FrontProxy(process, port);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!proxy.isListening()) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        proxy.close();
        throw new AssertionError(name + " did not start:\n" + Files.readString(log));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return proxy;
  }

  private boolean isListening() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
