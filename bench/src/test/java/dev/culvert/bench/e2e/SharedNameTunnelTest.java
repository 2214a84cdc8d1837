package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.client.ClientEvent;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.HealthCheck;
import dev.culvert.mux.control.Secret;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One name, several tunnels. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class SharedNameTunnelTest {
  @TempDir private Path state;
  private final HttpClient visitor =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Tunnel tunnel;
  private Secret token;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    token = tunnel.newToken();
  }

  @AfterEach
  void stop() {
    visitor.shutdownNow();
    tunnel.close();
  }

  /** A service that answers every request with its name, and some with a status of its own. */
  private static LocalService service(String name, AtomicBoolean isWell) throws Exception {
    return LocalService.start(socket -> {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String line;
      while ((line = in.readLine()) != null) {
        boolean isCheck = line.startsWith("GET /health ");
        while (!line.isEmpty()) {
          line = in.readLine();
        }
        answer(socket, isCheck && !isWell.get() ? "503 Not well" : "200 OK", name);
      }
    });
  }

  private static LocalService service(String name) throws Exception {
    return service(name, new AtomicBoolean(true));
  }

  private static void answer(Socket socket, String status, String name) throws Exception {
    socket
        .getOutputStream()
        .write(
            ("HTTP/1.1 " + status + "\r\nContent-Length: " + name.length() + "\r\n\r\n" + name)
                .getBytes(StandardCharsets.ISO_8859_1));
  }

  private Client connect(TunnelSpec spec) throws Exception {
    Client client = tunnel.start(tunnel.clientConfig(token, spec));
    client.awaitOpened(1);
    return client;
  }

  private HttpResponse<String> get(URI url) throws Exception {
    return visitor.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
  }

  private Set<String> answers(URI url, int requests) throws Exception {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < requests; i++) {
      names.add(get(url).body());
    }
    return names;
  }

  @Test
  void clientThatLeavesUnderLoadTakesNoRequestWithIt() throws Exception {
    try (LocalService a = service("a");
        LocalService b = service("b")) {
      Client leaving = connect(Tunnel.http(a.port(), "shop").shared());
      Client staying = connect(Tunnel.http(b.port(), "shop").shared());
      URI url = staying.http();
      assertThat(answers(url, 4)).containsExactlyInAnyOrder("a", "b");

      AtomicBoolean isOver = new AtomicBoolean();
      AtomicInteger answered = new AtomicInteger();
      List<CompletableFuture<Void>> lanes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        lanes.add(
            CompletableFuture.runAsync(
                () -> {
                  while (!isOver.get()) {
                    try {
                      HttpResponse<String> response = get(url);
                      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                      answered.incrementAndGet();
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                  }
                },
                Thread::startVirtualThread));
      }
      await(answered, 200);
      leaving.close();
      await(answered, answered.get() + 200);
      isOver.set(true);
      for (CompletableFuture<Void> lane : lanes) {
        lane.get(20, TimeUnit.SECONDS);
      }

      assertThat(answers(url, 4)).containsExactly("b");
    }
  }

  @Test
  void clientWithoutAServiceCostsNoRequestNotEvenOneWithABody() throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
    try (SampleApp app = SampleApp.start(Tunnel.ANY_PORT)) {
      connect(Tunnel.http(nobody, "shop").shared());
      URI url = connect(Tunnel.http(app.address().getPort(), "shop").shared()).http();

      for (int i = 0; i < 6; i++) {
        HttpRequest upload =
            HttpRequest.newBuilder(url.resolve("/upload"))
                .POST(BodyPublishers.ofByteArray(new byte[23_456]))
                .build();
        HttpResponse<String> response = visitor.send(upload, BodyHandlers.ofString());

        assertThat(response.body()).contains("23456");
        assertThat(response.statusCode()).isEqualTo(200);
      }
    }
  }

  private static void await(AtomicInteger count, int atLeast) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (count.get() < atLeast) {
      assertThat(System.nanoTime()).as("%s of %d", count, atLeast).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void clientThatDoesNotShareIsRefused() throws Exception {
    try (LocalService a = service("a")) {
      connect(Tunnel.http(a.port(), "shop").shared());

      ClientEnd end =
          tunnel.start(tunnel.clientConfig(token, Tunnel.http(a.port(), "shop"))).awaitEnd();

      assertThat(end.kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
      assertThat(end.message()).contains("--pool");
    }
  }

  @Test
  void clientWhoseServiceIsNotWellIsLeftOutAlsoAfterItReconnects() throws Exception {
    AtomicBoolean isWell = new AtomicBoolean(true);
    try (LocalService a = service("a", isWell);
        LocalService b = service("b")) {
      HealthCheck check = new HealthCheck("/health", Duration.ofMillis(50), Duration.ofSeconds(20));
      Client watched = connect(Tunnel.http(a.port(), "shop").shared().withHealth(check));
      Client other = connect(Tunnel.http(b.port(), "shop").shared());
      assertThat(answers(other.http(), 4)).containsExactlyInAnyOrder("a", "b");

      isWell.set(false);
      assertThat(watched.await(ClientEvent.Health.class).reason()).contains("with 503");
      awaitAnswers(other.http(), Set.of("b"));
      tunnel.restartServer();
      watched.awaitOpened(1);
      other.awaitOpened(1);
      awaitAnswers(other.http(), Set.of("b"));

      isWell.set(true);
      assertThat(watched.await(ClientEvent.Health.class).isUp()).isTrue();
      awaitAnswers(other.http(), Set.of("a", "b"));
    }
  }

  /** What was said on the control stream takes effect a moment later. */
  private void awaitAnswers(URI url, Set<String> names) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!answers(url, 4).equals(names)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  @Test
  void pathsOfANameLeadToTheirTunnels() throws Exception {
    try (LocalService site = service("site");
        LocalService api = service("api")) {
      URI url = connect(Tunnel.http(site.port(), "shop")).http();
      Client client = connect(Tunnel.http(api.port(), "shop").withPath("/api"));

      assertThat(client.http().getPath()).isEqualTo("/api");
      assertThat(get(url.resolve("/api/x")).body()).isEqualTo("api");
      assertThat(get(url.resolve("/apix")).body()).isEqualTo("site");
      assertThat(get(URI.create(url + "/api/%2e%2e/admin")).body()).isEqualTo("site");
      HttpResponse<String> ambiguous = get(URI.create(url + "/api/..%2fadmin"));
      assertThat(ambiguous.statusCode()).isEqualTo(404);
      assertThat(ambiguous.headers().firstValue("culvert-error")).contains("no-such-tunnel");
    }
  }

  @Test
  void anotherTokensClientHasNoPartOfAName() throws Exception {
    try (LocalService a = service("a")) {
      connect(Tunnel.http(a.port(), "shop"));

      for (TunnelSpec spec :
          List.of(
              Tunnel.http(a.port(), "shop").withPath("/api"),
              Tunnel.http(a.port(), "shop").shared())) {
        ClientConfig config = tunnel.clientConfig(tunnel.newToken(), spec);
        assertThat(tunnel.start(config).awaitEnd().kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
      }
    }
  }
}
