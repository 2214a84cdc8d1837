package dev.culvert.bench.e2e;

import static dev.culvert.bench.e2e.RawHello.SSL_3;
import static dev.culvert.bench.e2e.RawHello.TLS_1_0;
import static dev.culvert.bench.e2e.RawHello.TLS_1_1;
import static dev.culvert.bench.e2e.RawHello.TLS_1_2;
import static dev.culvert.bench.e2e.RawHello.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.culvert.bench.e2e.RawAnswer.Alert;
import dev.culvert.bench.e2e.RawAnswer.Chosen;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a scanner would find out about the two ports that speak TLS. */
@Timeout(120)
final class TlsFactsTest {
  private static final Alert HANDSHAKE_FAILURE = new Alert(40);
  private static final Alert PROTOCOL_VERSION = new Alert(70);
  private static final Alert NO_APPLICATION_PROTOCOL = new Alert(120);

  /** ECDHE with ECDSA: AES-GCM and ChaCha20; the certificate is of that kind. */
  private static final List<Integer> MODERN_1_2 = List.of(0xc02b, 0xc02c, 0xcca9);

  private static final List<Integer> MODERN_1_3 = List.of(0x1301, 0x1302, 0x1303);

  /** What clients of all times would offer, the newest first. */
  private static final Integer[] ANYTHING = {
    0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc00a, 0x009c, 0x002f, 0x0035, 0x000a, 0x0005, 0x0004
  };

  @TempDir private static Path state;
  private static Tunnel tunnel;

  @BeforeAll
  static void start() throws Exception {
    tunnel = Tunnel.start(state);
    tunnel.connect(Tunnel.tcp(9)); // an address with a session may fail as often as it likes
  }

  @AfterAll
  static void stop() {
    tunnel.close();
  }

  private static InetSocketAddress tunnelPort() {
    return tunnel.server().tunnelAddress();
  }

  private static InetSocketAddress httpsPort() {
    return tunnel.server().httpsAddress();
  }

  @ParameterizedTest
  @ValueSource(ints = {SSL_3, TLS_1_0, TLS_1_1, TLS_1_2})
  void tunnelPortRefusesEachVersionBefore13(int version) throws Exception {
    RawHello old = RawHello.of(version, ANYTHING);

    assertThat(old.sendTo(tunnelPort())).isEqualTo(PROTOCOL_VERSION);
    if (version > SSL_3) { // which has no extensions
      assertThat(old.offering("culvert/1").sendTo(tunnelPort())).isEqualTo(PROTOCOL_VERSION);
      assertThat(old.offering("culvert/1").sendTo(httpsPort())).isEqualTo(PROTOCOL_VERSION);
    }
  }

  @Test
  void tunnelPortSpeaks13() throws Exception {
    RawHello hello =
        RawHello.of(TLS_1_3, 0x1301, 0xc02b)
            .withVersions(TLS_1_3, TLS_1_2)
            .offering("culvert/1", "http/1.1");

    assertThat(hello.sendTo(tunnelPort()))
        .isInstanceOfSatisfying(
            Chosen.class, chosen -> assertThat(chosen).returns(TLS_1_3, Chosen::version));
    assertThat(hello.withVersions(TLS_1_2, TLS_1_1).sendTo(tunnelPort()))
        .isEqualTo(PROTOCOL_VERSION);
  }

  @ParameterizedTest
  @ValueSource(ints = {SSL_3, TLS_1_0, TLS_1_1})
  void httpsPortRefusesEachVersionBefore12(int version) throws Exception {
    assertThat(RawHello.of(version, ANYTHING).sendTo(httpsPort())).isEqualTo(PROTOCOL_VERSION);
  }

  @Test
  void httpsPortSpeaks12And13() throws Exception {
    assertThat(RawHello.of(TLS_1_2, ANYTHING).sendTo(httpsPort()))
        .isInstanceOfSatisfying(
            Chosen.class, chosen -> assertThat(chosen.version()).isEqualTo(TLS_1_2));
    assertThat(
            RawHello.of(TLS_1_3, 0x1301, 0xc02b).withVersions(TLS_1_2, TLS_1_3).sendTo(httpsPort()))
        .isInstanceOfSatisfying(
            Chosen.class, chosen -> assertThat(chosen.version()).isEqualTo(TLS_1_3));
  }

  @Test
  void httpsPortTakesNoSuiteOf12ButTheModernOnes() throws Exception {
    List<Integer> numbers = new ArrayList<>();
    for (int range : new int[] {0x0000, 0xc000, 0xcc00}) { // all that IANA gave to TLS 1.2
      for (int number = range; number <= range + 0xff; number++) {
        numbers.add(number);
      }
    }
    numbers.removeAll(List.of(0x00ff, 0x5600)); // signals, no suites

    List<Integer> taken = new ArrayList<>();
    for (int number : numbers) {
      if (takes(TLS_1_2, number)) {
        taken.add(number);
      }
    }

    assertThat(taken).containsExactlyElementsOf(MODERN_1_2);
  }

  @Test
  void httpsPortTakesTheSuitesOf13AndNoOther() throws Exception {
    List<Integer> taken = new ArrayList<>();
    for (int number = 0x1300; number <= 0x13ff; number++) {
      if (takes(TLS_1_3, number)) {
        taken.add(number);
      }
    }

    assertThat(taken).containsExactlyElementsOf(MODERN_1_3);
  }

  private static boolean takes(int version, int suite) throws IOException {
    RawAnswer answer = RawHello.of(version, suite).sendTo(httpsPort());
    if (answer instanceof Chosen chosen) {
      assertThat(chosen).returns(suite, Chosen::suite).returns(version, Chosen::version);
      return true;
    }
    assertThat(answer).as("suite %04x", suite).isEqualTo(HANDSHAKE_FAILURE);
    return false;
  }

  @Test
  void nothingIsCompressed() throws Exception {
    RawHello hello = RawHello.of(TLS_1_2, ANYTHING);

    assertThat(hello.compressing(1, 64, 0).sendTo(httpsPort()))
        .isInstanceOfSatisfying(Chosen.class, chosen -> assertThat(chosen.compression()).isZero());
    assertThat(hello.compressing(1).sendTo(httpsPort())).isInstanceOf(Alert.class);
  }

  @Test
  void renegotiationIsKnownAndRefused() throws Exception {
    assertThat(RawHello.of(TLS_1_2, ANYTHING).sendTo(httpsPort()))
        .isInstanceOfSatisfying(
            Chosen.class, chosen -> assertThat(chosen.hasSecureRenegotiation()).isTrue());
    try (SSLSocket client = connect(httpsPort(), "TLSv1.2")) {
      client.startHandshake();

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> {
            client.startHandshake();
            client.getInputStream().read();
            throw new AssertionError("the server renegotiated");
          })
          .withMessageContaining("fatal alert: no_renegotiation");
    }
  }

  private static SSLSocket connect(InetSocketAddress server, String version) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(server.getAddress(), server.getPort());
    socket.setEnabledProtocols(new String[] {version});
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Test
  void clientWithoutTheTunnelsProtocolIsNotLetIn() throws Exception {
    RawHello hello = RawHello.of(TLS_1_3, 0x1301);
    for (String other : List.of("http/1.1", "h2", "culvert/2", "culvert/1 ")) {
      assertThat(hello.offering(other).sendTo(tunnelPort()))
          .as(other)
          .isEqualTo(NO_APPLICATION_PROTOCOL);
    }
    try (SSLSocket silent = connect(tunnelPort(), "TLSv1.3")) {
      assertThat(bytesUntilTheEnd(silent)).isZero();
    }
  }

  /** How many bytes a server sends that is sent nothing. */
  private static int bytesUntilTheEnd(SSLSocket socket) {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (SSLException e) {
      return 0; // cut off without a word
    } catch (IOException e) {
      assertThat(e).isInstanceOf(SocketException.class);
      return 0;
    }
  }

  @Test
  void visitorMustOfferHttpOrNothing() throws Exception {
    for (RawHello hello : List.of(RawHello.of(TLS_1_2, ANYTHING), RawHello.of(TLS_1_3, 0x1301))) {
      for (String other : List.of("http/1.0", "spdy/3", "culvert/2")) {
        assertThat(hello.offering(other).sendTo(httpsPort()))
            .as(other)
            .isEqualTo(NO_APPLICATION_PROTOCOL);
      }
      assertThat(hello.sendTo(httpsPort())).isInstanceOf(Chosen.class);
      assertThat(hello.offering("http/1.1").sendTo(httpsPort())).isInstanceOf(Chosen.class);
    }
    assertThat(RawHello.of(TLS_1_2, ANYTHING).offering("http/1.1", "h2").sendTo(httpsPort()))
        .isInstanceOfSatisfying(
            Chosen.class, chosen -> assertThat(chosen.protocol()).isEqualTo("h2"));
  }

  @Test
  void helloOfSsl2IsRefused() throws Exception {
    byte[] hello =
        HexFormat.of()
            .parseHex(
                "802b0103010012000000100100800300800700c006004002008004008000ff"
                    + "000102030405060708090a0b0c0d0e");

    assertThat(RawHello.send(tunnelPort(), hello)).isNotInstanceOf(Chosen.class);
    assertThat(RawHello.send(httpsPort(), hello)).isNotInstanceOf(Chosen.class);
  }
}
