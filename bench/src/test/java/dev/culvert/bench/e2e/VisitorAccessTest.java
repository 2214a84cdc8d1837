package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.client.ClientEnd;
import dev.culvert.mux.control.RulesDraft;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.VisitorFilter;
import dev.culvert.mux.control.VisitorRules;
import dev.culvert.mux.control.VisitorRules.Credential;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.route.Permissions;
import dev.culvert.tls.PasswordHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rules of a client and of the server's file, from end to end. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class VisitorAccessTest {
  private static final Secret PASSWORD = new Secret("open-sesame-1001");

  @TempDir private Path state;
  @TempDir private Path directory;
  private Path file;
  private Tunnel tunnel;
  private SampleApp app;

  @BeforeEach
  void start() throws Exception {
    file = Files.writeString(directory.resolve("rules.toml"), "");
    tunnel =
        Tunnel.start(
            ServerConfig.local(state).withHttps(Tunnel.ANY_PORT).withThreads(2).withRules(file));
    app = SampleApp.start(Tunnel.ANY_PORT);
  }

  @AfterEach
  void stop() {
    tunnel.close();
    app.close();
  }

  private static VisitorRules rules(Consumer<RulesDraft> change) {
    RulesDraft draft = new RulesDraft();
    change.accept(draft);
    return draft.finished();
  }

  private Client open(Consumer<RulesDraft> change) throws Exception {
    Client client =
        tunnel.start(
            tunnel.clientConfig(
                tunnel.server().tokens().create("laptop").text(),
                Tunnel.http(app.address().getPort(), "shop").withRules(rules(change))));
    client.awaitOpened(1);
    return client;
  }

  private static HttpResponse<String> get(URI uri, String... headers) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri);
      if (headers.length > 0) {
        request.headers(headers);
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void aVisitorNeedsThePasswordThatTheClientAsksFor() throws Exception {
    FinestOutput.tell(PASSWORD);
    PasswordHash hash = PasswordHash.of(PASSWORD.reveal(), new SecureRandom());
    Client client =
        open(draft -> draft.basicAuth.add(new Credential("ali", new Secret(hash.text()))));
    String credentials =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(("ali:" + PASSWORD.reveal()).getBytes(StandardCharsets.UTF_8));

    HttpResponse<String> without = get(client.http());
    HttpResponse<String> wrong = get(client.http(), "Authorization", "Basic YWxpOm9wZW4=");
    HttpResponse<String> with = get(client.http(), "Authorization", credentials);

    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.headers().firstValue("WWW-Authenticate").orElse(""))
        .isEqualTo("Basic realm=\"shop.localhost\", charset=\"UTF-8\"");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(with.statusCode()).isEqualTo(200);
  }

  @Test
  void aVisitorOverHttpIsSentToTheHttpsListener() throws Exception {
    Client client = open(draft -> draft.httpsRedirect = true);

    HttpResponse<String> response = get(client.http().resolve("/a?b"));

    assertThat(response.statusCode()).isEqualTo(308);
    assertThat(response.headers().firstValue("Location").orElse(""))
        .isEqualTo(client.https().resolve("/a?b").toString());
  }

  @Test
  void theServersFileHoldsOnTopOfTheClientsAndIsFollowed() throws Exception {
    Client client = open(draft -> draft.filters.add(VisitorFilter.parse("deny path /hers")));
    assertThat(get(client.http().resolve("/hers")).statusCode()).isEqualTo(403);
    assertThat(get(client.http()).statusCode()).isEqualTo(200);

    replaceFile("[[rules]]\nhost = \"*.localhost\"\nfilter = [\"deny path ** 410\"]\n");

    awaitStatus(client, 410);
    replaceFile("[[rules]]\nhots = \"*\"\n");
    replaceFile("[[rules]]\nhost = \"other.localhost\"\nfilter = [\"deny path ** 410\"]\n");
    awaitStatus(client, 200);
    assertThat(get(client.http().resolve("/hers")).statusCode()).isEqualTo(403);
  }

  private void replaceFile(String text) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Asks until the file has been noticed. */
  private static void awaitStatus(Client client, int status) throws Exception {
    while (get(client.http()).statusCode() != status) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aTokenThatAllowsNoRulesGetsNoTunnelWithOne() throws Exception {
    Permissions standard = Permissions.STANDARD;
    Permissions none =
        new Permissions(
            standard.kinds(),
            standard.names(),
            standard.domains(),
            standard.provenDomains(),
            standard.ports(),
            5,
            5,
            5,
            Set.of());
    Client client =
        tunnel.start(
            tunnel.clientConfig(
                tunnel.server().tokens().create("laptop", none, null).text(),
                Tunnel.http(app.address().getPort())
                    .withRules(rules(draft -> draft.maxRequests = 5))));

    ClientEnd end = client.awaitEnd();

    assertThat(end.kind()).isEqualTo(ClientEnd.Kind.TUNNEL_REFUSED);
    assertThat(end.message()).contains("does not allow rules for max-requests");
  }

  @Test
  void aTcpTunnelCutsVisitorsThatItDoesNotLetIn() throws Exception {
    Client client =
        tunnel.start(
            tunnel.clientConfig(
                tunnel.server().tokens().create("laptop").text(),
                Tunnel.tcp(app.address().getPort())
                    .withRules(rules(draft -> draft.cidrDeny.add("127.0.0.0/8")))));
    client.awaitOpened(1);

    try (Socket visitor = new Socket(InetAddress.getLoopbackAddress(), client.port())) {
      visitor.setSoTimeout(20_000);
      assertThatThrownBy(() -> visitor.getInputStream().read())
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
  }
}
