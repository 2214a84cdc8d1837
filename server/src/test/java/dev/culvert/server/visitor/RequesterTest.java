package dev.culvert.server.visitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the local service is told of the visitor. */
final class RequesterTest {
  private final HttpHeaders headers = new DefaultHttpHeaders();

  private static Requester requester(String scheme, String host, String... chain) {
    List<InetAddress> addresses = Arrays.stream(chain).map(InetAddress::ofLiteral).toList();
    return new Requester(addresses, scheme, host, "id");
  }

  @Test
  void serviceIsToldInBothKindsOfHeader() {
    requester("https", "app.example.com", "192.0.2.7").tell(headers);

    assertThat(headers.entries())
        .extracting(header -> header.getKey() + ": " + header.getValue())
        .containsExactlyInAnyOrder(
            "x-forwarded-for: 192.0.2.7",
            "x-forwarded-proto: https",
            "x-forwarded-host: app.example.com",
            "forwarded: for=192.0.2.7;host=app.example.com;proto=https",
            "x-request-id: id");
  }

  @Test
  void proxiesOnTheWayFollowTheVisitor() {
    requester("http", "a", "192.0.2.7", "2001:db8::2", "10.0.0.1").tell(headers);

    assertThat(headers.get("X-Forwarded-For")).isEqualTo("192.0.2.7, 2001:db8::2, 10.0.0.1");
    assertThat(headers.get("Forwarded"))
        .isEqualTo("for=192.0.2.7;host=a;proto=http, for=\"[2001:db8::2]\", for=10.0.0.1");
  }

  @Test
  void whatIsNoTokenIsQuoted() {
    requester("http", "[2001:db8::1]:8080", "2001:db8::7").tell(headers);

    assertThat(headers.get("X-Forwarded-For")).isEqualTo("2001:db8::7");
    assertThat(headers.get("Forwarded"))
        .isEqualTo("for=\"[2001:db8::7]\";host=\"[2001:db8::1]:8080\";proto=http");
  }

  @Test
  void nothingThatWasSaidBeforeIsLeft() {
    for (String name :
        List.of(
            "X-Forwarded-For",
            "X_Forwarded_For",
            "x-forwarded-for",
            "X-Forwarded-Proto",
            "X-Forwarded_Host",
            "X-Forwarded-Prefix",
            "X-Forwarded-Anything",
            "Forwarded",
            "X-Real-IP",
            "X_Real_IP",
            "X-Request-Id",
            "X_Request-ID")) {
      headers.add(name, "6.6.6.6");
    }
    headers.add("Via", "1.1 honest");

    requester("http", "a", "192.0.2.7").tell(headers);

    assertThat(headers.toString()).doesNotContain("6.6.6.6").contains("honest");
    assertThat(headers.size()).isEqualTo(6);
  }
}
