package dev.culvert.server.acme;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An authority that has had enough of us, which pebble never has. */
@Timeout(60)
final class RateLimitTest {
  @TempDir private Path state;
  private final HandClock clock = new HandClock();
  private final AtomicInteger orders = new AtomicInteger();
  private final AtomicInteger nonces = new AtomicInteger();
  private HttpServer server;
  private String base;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    base = "http://127.0.0.1:" + server.getAddress().getPort();
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Replay-Nonce", "nonce" + nonces.incrementAndGet());
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    switch (exchange.getRequestURI().getPath()) {
      case "/dir" ->
          send(
              exchange,
              200,
              """
              {"newNonce":"%1$s/nonce","newAccount":"%1$s/account","newOrder":"%1$s/order"}\
              """
                  .formatted(base));
      case "/nonce" -> exchange.sendResponseHeaders(200, -1);
      case "/account" -> {
        exchange.getResponseHeaders().set("Location", base + "/account/1");
        send(exchange, 201, "{\"status\":\"valid\"}");
      }
      default -> {
        orders.incrementAndGet();
        exchange
            .getResponseHeaders()
            .set(
                "Retry-After",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    clock.instant().plus(Duration.ofHours(30)).atOffset(ZoneOffset.UTC)));
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        send(
            exchange,
            429,
            "{\"type\":\"urn:ietf:params:acme:error:rateLimited\",\"detail\":\"too many\"}");
      }
    }
    exchange.close();
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private AutomaticCertificates open() throws Exception {
    AutomaticCertificates certificates =
        AutomaticCertificates.open(
            new AcmeSettings(URI.create(base + "/dir"), null, null, null),
            new OwnNames("tunnel.example.com", _ -> true),
            state,
            List.of(),
            List.of(ChallengeKind.TLS_ALPN, ChallengeKind.HTTP),
            _ -> {
              throw new AssertionError("nothing was issued");
            },
            clock);
    certificates.want("tunnel.example.com");
    return certificates;
  }

  private static void runAll(AutomaticCertificates certificates) throws Exception {
    while (certificates.runNext()) {
      // to the last
    }
  }

  @Test
  void nothingIsAskedForBeforeTheTimeThatTheAuthorityNames() throws Exception {
    try (AutomaticCertificates certificates = open()) {
      runAll(certificates);
      clock.advance(Duration.ofHours(29));
      runAll(certificates);

      assertThat(orders).hasValue(1);
      clock.advance(Duration.ofHours(1));
      runAll(certificates);
      assertThat(orders).hasValue(2);
    }
  }

  @Test
  void norByTheNextProcess() throws Exception {
    try (AutomaticCertificates certificates = open()) {
      runAll(certificates);
    }
    try (AutomaticCertificates certificates = open()) {
      clock.advance(Duration.ofHours(29));
      runAll(certificates);

      assertThat(orders).hasValue(1);
      clock.advance(Duration.ofHours(1));
      runAll(certificates);
      assertThat(orders).hasValue(2);
    }
  }

  @Test
  void otherNamesAreOrderedButNoMoreThanTheBoundAllows() throws Exception {
    try (AutomaticCertificates certificates = open()) {
      for (int i = 0; i < 2 * Plan.ORDERS_PER_HOUR; i++) {
        certificates.want("n" + i + ".tunnel.example.com");
      }

      runAll(certificates);

      assertThat(orders).hasValue(Plan.ORDERS_PER_HOUR);
      clock.advance(Duration.ofHours(1));
      runAll(certificates);
      assertThat(orders).hasValue(2 * Plan.ORDERS_PER_HOUR);
    }
  }

  @Test
  void ordersAreCountedBeforeTheyAreMade() throws Exception {
    try (AutomaticCertificates certificates = open()) {
      runAll(certificates);
    }
    Path journal = state.resolve("acme").resolve(directoryName()).resolve("orders.json");

    assertThat(Files.readString(journal))
        .contains(HandClock.START.toString())
        .contains("account/1");
  }

  private String directoryName() {
    return "127.0.0.1-" + server.getAddress().getPort() + "-dir";
  }
}
