package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.peers.PeerProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real services that close a connection once it has been idle for a second. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
final class IdleServiceTest {
  private static final int KINDS = 4;
  private static final int BURSTS = 10;
  private static final int REQUESTS = 20;

  /** Says how long it keeps a connection, and keeps it no longer. */
  private static final String NODE_SERVICE =
      """
      const server = require('http').createServer((request, response) => {
        request.resume();
        request.on('end', () => response.end('ok'));
      });
      server.keepAliveTimeout = 1000;
      server.keepAliveTimeoutBuffer = 0;
      server.listen(Number(process.argv[1]), '127.0.0.1');
      """;

  @TempDir private Path state;
  @TempDir private Path directory;
  private final Random random = new Random(4); // when within the second of the closing
  private final HttpClient visitor =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private @Nullable PeerProgram service;

  @AfterEach
  void stop() {
    visitor.shutdownNow();
    if (service != null) {
      service.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void start(int port, String name, String... arguments) throws Exception {
    PeerProgram started = PeerProgram.start(directory, name, arguments);
    service = started;
    started.awaitListening(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** Keeps a connection for a second, and does not say so. */
  private String nginxConfiguration(int port) {
    return """
    daemon off;
    master_process off;
    pid %1$s/nginx.pid;
    events {}
    http {
      access_log off;
      client_body_temp_path %1$s;
      proxy_temp_path %1$s;
      fastcgi_temp_path %1$s;
      uwsgi_temp_path %1$s;
      scgi_temp_path %1$s;
      keepalive_timeout 1s;
      server {
        listen 127.0.0.1:%2$d;
        location / { return 200 ok; }
      }
    }
    """
        .formatted(directory, port);
  }

  /** Bursts about a second apart, so that each finds connections that are just being closed. */
  private void loseNoRequest(int port) throws Exception {
    try (Tunnel tunnel = Tunnel.start(state)) {
      URI url = tunnel.connect(Tunnel.http(port)).http();
      for (int burst = 0; burst < BURSTS; burst++) {
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
          Executor later =
              CompletableFuture.delayedExecutor(
                  burst == 0 ? 0 : 970 + random.nextInt(60), TimeUnit.MILLISECONDS);
          HttpRequest request = request(url, i);
          responses.add(
              CompletableFuture.supplyAsync(() -> request, later)
                  .thenCompose(ready -> visitor.sendAsync(ready, BodyHandlers.ofString())));
        }
        for (CompletableFuture<HttpResponse<String>> response : responses) {
          HttpResponse<String> answer = response.get(20, TimeUnit.SECONDS);
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
          assertThat(answer.body()).isEqualTo("ok");
        }
      }
    }
  }

  private static HttpRequest request(URI url, int number) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve("/" + number));
    return switch (number % KINDS) {
      case 0 -> request.method("DELETE", BodyPublishers.noBody()).build();
      case 1 -> request.PUT(BodyPublishers.ofString("hello")).build();
      case 2 -> request.POST(BodyPublishers.ofString("hello")).build();
      default -> request.build();
    };
  }

  @Test
  void serviceThatDoesNotSayHowLongItKeepsAConnectionLosesNoRequest() throws Exception {
    int port = freePort();
    Path configuration =
        Files.writeString(directory.resolve("nginx.conf"), nginxConfiguration(port));
    start(
        port, "nginx", "-p", directory.toString(), "-e", "stderr", "-c", configuration.toString());

    loseNoRequest(port);
  }

  @Test
  void serviceThatSaysHowLongItKeepsAConnectionLosesNoRequest() throws Exception {
    int port = freePort();
    start(port, "node", "-e", NODE_SERVICE, Integer.toString(port));

    loseNoRequest(port);
  }
}
