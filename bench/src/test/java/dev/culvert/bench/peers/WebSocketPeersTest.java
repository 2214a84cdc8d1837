package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.culvert.bench.e2e.LeakCheck;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * WebSockets between Node's {@code ws} on both ends, over HTTP/1.1 with and without TLS, and over
 * HTTP/2's extended CONNECT (RFC 8441), for which the visitor uses Node's own HTTP/2.
 */
@Timeout(60)
@ExtendWith(LeakCheck.class)
@TestInstance(Lifecycle.PER_CLASS)
final class WebSocketPeersTest {
  /** Half of what is sent to who does not read, and some times what is held of it. */
  private static final long MAX_HELD_BYTES = 32 << 20;

  private NodeProgram service;
  private PublicService tunnel;

  @BeforeAll
  void start(@TempDir Path home) throws Exception {
    service = NodeProgram.start("service.js", 0);
    tunnel = PublicService.start(home, Integer.parseInt(service.await("listening on (\\d+)")));
  }

  @AfterAll
  void stop() {
    if (tunnel != null) {
      tunnel.close();
    }
    if (service != null) {
      service.close();
    }
  }

  /** Starts a visitor by what it speaks: {@code http}, {@code https} or {@code h2}. */
  private NodeProgram visit(String protocol, String scenario) throws Exception {
    InetSocketAddress edge = protocol.equals("http") ? tunnel.http() : tunnel.https();
    String address = edge.getAddress().getHostAddress();
    return NodeProgram.start(
        "visitor.js", protocol, scenario, address, edge.getPort(), tunnel.authority());
  }

  private static Stream<Arguments> protocols() {
    return Stream.of(arguments("http"), arguments("https"), arguments("h2"));
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void messagesPingsAndCloseCodesArriveAsTheyWereSent(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "conversation")) {
      assertThat(visitor.awaitEnd()).containsExactly("ok");
    }

    assertThat(service.await("(asked GET /ws .*)")).isEqualTo("asked GET /ws 13  ");
    service.await("websocket closed with 4001 done here");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void extensionsAreBetweenTheEnds(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "compressed")) {
      assertThat(visitor.awaitEnd()).containsExactly("compressed", "ok");
    }

    assertThat(service.await("(asked GET /ws .*)"))
        .startsWith("asked GET /ws 13 permessage-deflate;");
    service.await("websocket closed with 4001 done here");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void theServicesCloseCodeArrives(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "closedByTheService")) {
      assertThat(visitor.awaitEnd()).containsExactly("ok");
    }
    service.await("websocket closed with 4002");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void whatIsNoSwitchIsNotTakenForOne(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "refused")) {
      assertThat(visitor.awaitEnd()).containsExactly("ok");
    }
    service.await("asked GET /wrong");
  }

  /** Over TLS in HTTP/1.1 the end of one direction is the end of both. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "h2"})
  void halfClosedWebSocketStillReceives(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "halfClosed")) {
      assertThat(visitor.awaitEnd()).containsExactly("ok");
    }
    service.await("asked GET /echo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "h2"})
  void bytesBehindTheRequestWaitForTheSwitch(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "early")) {
      assertThat(visitor.awaitEnd()).containsExactly("ok");
    }
    assertThat(service.await("late had.*")).isEqualTo("late had []");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void theServiceSeesThatTheVisitorReset(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "resetByTheVisitor")) {
      visitor.await("reset");

      assertThat(service.await("open (\\w+)$")).isIn("ECONNRESET", "EPIPE");
    }
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void theVisitorSeesThatTheServiceReset(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "resetByTheService")) {
      assertThat(visitor.awaitEnd()).isEmpty();
    }
    service.await("asked GET /echo");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void theServiceSeesThatTheVisitorLeftBeforeTheAnswer(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "leaves")) {
      service.await("silent is asked");

      visitor.goOn();

      assertThat(service.await("silent (\\w+)$")).isEqualTo("ECONNRESET");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "h2"})
  void theServiceWaitsForASlowVisitor(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "slowVisitor")) {
      visitor.await("asked");
      assertThat(Long.parseLong(service.await("flood stalled at (\\d+)")))
          .isLessThan(MAX_HELD_BYTES);

      visitor.goOn();

      assertThat(visitor.awaitEnd()).containsExactly("ok");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "h2"})
  void theVisitorWaitsForASlowService(String protocol) throws Exception {
    try (NodeProgram visitor = visit(protocol, "slowService")) {
      assertThat(Long.parseLong(visitor.await("stalled at (\\d+)"))).isLessThan(MAX_HELD_BYTES);

      service.goOn();

      assertThat(visitor.awaitEnd()).containsExactly("ok");
    }
  }
}
