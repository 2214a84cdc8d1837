package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.log.AccessLog;
import dev.culvert.server.log.AccessLogSettings;
import dev.culvert.server.log.Format;
import dev.culvert.server.visitor.Networks;
import dev.culvert.server.visitor.TrustedProxies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge that trusts the proxies on loopback. */
final class BehindProxiesTest {
  @TempDir private Path state;
  private Path file;
  private AccessLog log;
  private EdgeGround ground;
  private TestVisitor proxy;

  @BeforeEach
  void open() throws Exception {
    file = state.resolve("access.log");
    log = AccessLog.open(new AccessLogSettings(file, Format.JSON, true));
    TrustedProxies proxies =
        new TrustedProxies(Networks.of(List.of("127.0.0.0/8")), TrustedProxies.Dialect.X_FORWARDED);
    ground = EdgeGround.open(state, proxies, log);
    proxy = ground.visit();
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
    ground.close();
    log.close();
  }

  private String serviceSees(String... headers) throws Exception {
    proxy.send(
        "GET / HTTP/1.1\r\nHost: app.localhost\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
    ServiceConnection service = ground.serve();
    String head = service.readHead();
    service.respond("");
    proxy.readResponse();
    return head;
  }

  @Test
  void serviceSeesTheVisitorAndTheProxiesBehindIt() throws Exception {
    String head =
        serviceSees(
            "X-Forwarded-For: 6.6.6.6, 192.0.2.7",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: www.example.com",
            "X-Forwarded-Port: 443",
            "X-Real-IP: 6.6.6.6",
            "Forwarded: for=6.6.6.6",
            "X-Request-Id: abc-123");

    assertThat(head)
        .contains(
            "\r\nx-forwarded-for: 192.0.2.7, 127.0.0.1\r\n",
            "\r\nx-forwarded-proto: https\r\n",
            "\r\nx-forwarded-host: www.example.com\r\n",
            "\r\nforwarded: for=192.0.2.7;host=www.example.com;proto=https, for=127.0.0.1\r\n",
            "\r\nx-request-id: abc-123\r\n")
        .doesNotContain("6.6.6.6", "443", "eal-");
  }

  @Test
  void logHasTheVisitorAndTheProxysRequestId() throws Exception {
    serviceSees("X-Forwarded-For: 192.0.2.7", "X-Request-Id: abc-123");
    log.close();

    assertThat(Files.readString(file)).contains("\"address\":\"192.0.2.7\"", "\"id\":\"abc-123\"");
  }

  @Test
  void requestIsRoutedByItsHostWhateverTheProxySaysOfIt() throws Exception {
    proxy.send("GET / HTTP/1.1\r\nHost: no.localhost\r\nX-Forwarded-Host: app.localhost\r\n\r\n");

    assertThat(proxy.readResponse()).contains("404", "no.localhost");
    assertThat(ground.hasArrivals()).isFalse();
  }

  @Test
  void connectionHeaderCannotHideTheVisitor() throws Exception {
    assertThat(
            serviceSees(
                "X-Forwarded-For: 192.0.2.7", "Connection: keep-alive, X-Forwarded-For, X_Real_IP"))
        .contains("\r\nx-forwarded-for: 192.0.2.7, 127.0.0.1\r\n");
  }
}
