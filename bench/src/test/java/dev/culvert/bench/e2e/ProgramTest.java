package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.bench.e2e.Forked.ForkedServer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs as a user starts them: what they print, and what they exit with. */
@Timeout(60)
final class ProgramTest {
  @TempDir private Path serverState;
  @TempDir private Path clientState;
  private SampleApp app;
  private ForkedServer server;

  @BeforeEach
  void start() throws Exception {
    app = SampleApp.start(Tunnel.ANY_PORT);
    server = Forked.server(serverState);
  }

  @AfterEach
  void stop() {
    server.close();
    app.close();
  }

  private int port() {
    return app.address().getPort();
  }

  private Forked client(String... arguments) throws Exception {
    return Forked.client(server.token(), clientState, arguments);
  }

  @Test
  void theFirstMinute() throws Exception {
    Forked client = server.client(clientState, List.of(), "http", port());
    assertThat(client.await("^Connected to culvertd .* over (.*)$"))
        .isEqualTo("TLSv1.3, X25519MLKEM768");
    assertThat(server.forked().await("session \\S+ from \\S+ \\(culvert .*\\) over (.*)$"))
        .isEqualTo("TLSv1.3, X25519MLKEM768");
    URI url = URI.create(client.await("Forwarding (http://\\S+) -> http://127.0.0.1:" + port()));
    try (RawVisitor visitor = RawVisitor.to(url)) {
      visitor.request("GET", "/status/418");
      assertThat(visitor.readHead().status()).isEqualTo(418);
    }

    String line = client.await("^(\\d\\d:\\d\\d:\\d\\d\\.\\d{3}  GET .*)");
    assertThat(line).contains("/status/418").contains(" 418 ").contains(" ms").contains(" B");
    assertThat(client.end()).isZero();
    assertThat(server.forked().end()).isZero();
  }

  @Test
  void onlyTheFirstStartPrintsAToken() throws Exception {
    assertThat(server.forked().end()).isZero();
    try (Forked again = Forked.serve(serverState, List.of())) {
      assertThat(again.await("tokens +(\\d+)")).isEqualTo("1");
      again.end();

      assertThat(again.allLines()).noneMatch(line -> line.contains("AUTHTOKEN"));
    }
  }

  @Test
  void http2WithoutTlsIsSpokenWhereTheCommandSaysSo(@TempDir Path other) throws Exception {
    try (Forked serving = Forked.serve(other.resolve("state"), List.of(), "--http2-cleartext")) {
      int port = Integer.parseInt(serving.await("visitors +http://NAME.localhost:(\\d+)"));
      serving.awaitToken();

      try (Socket visitor = new Socket(InetAddress.getLoopbackAddress(), port)) {
        visitor.setSoTimeout(20_000);
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
        visitor.getOutputStream().write(preface.getBytes(StandardCharsets.ISO_8859_1));

        byte[] frame = visitor.getInputStream().readNBytes(9);
        assertThat(frame[3]).as("its type, which is that of settings").isEqualTo((byte) 4);
      }
    }
  }

  @Test
  void theSignalOfLogrotateHasTheAccessLogOpenedAnew(@TempDir Path other) throws Exception {
    Path log = other.resolve("access.log");
    try (Forked logging =
        Forked.serve(other.resolve("state"), List.of(), "--access-log", log.toString())) {
      logging.awaitToken(); // it is there, and hears signals
      Files.move(log, other.resolve("access.log.1"));

      logging.signal("USR1");

      assertThat(logging.await("(access log was opened anew)")).isNotEmpty();
      assertThat(log).exists();
      assertThat(logging.end()).isZero();
    }
  }

  @Test
  void theSameSignalWithoutALogEndsNothing() throws Exception {
    server.forked().signal("USR1");
    Forked client = server.client(clientState, List.of(), "http", port());

    assertThat(client.await("Forwarding (http://\\S+)")).isNotEmpty();
    client.close();
  }

  @Test
  void theSameCommandGetsTheSameUrlAgain() throws Exception {
    Forked first = server.client(clientState, List.of(), "http", port());
    String url = first.await("Forwarding (http://\\S+)");
    first.end();

    Forked second = server.client(clientState, List.of(), "http", port());

    assertThat(second.await("Forwarding (http://\\S+)")).isEqualTo(url);
    second.close();
  }

  @Test
  void theSameCommandTwiceAtOnceGetsTwoUrls() throws Exception {
    Forked first = server.client(clientState, List.of(), "http", port());
    Forked second = server.client(clientState, List.of(), "http", port());

    assertThat(first.await("Forwarding (http://\\S+)"))
        .isNotEqualTo(second.await("Forwarding (http://\\S+)"));
    first.close();
    second.close();
  }

  @Test
  void refusalsHaveTheirExitCodes() throws Exception {
    String to = "127.0.0.1:" + server.tunnelPort();
    Forked noServer = client("http", "3000");
    Forked badTarget = client("http", "3000/x", "--server", to, "--pin", server.pin());
    Forked badPin = client("http", "3000", "--server", to, "--pin", "sha256/AAAA");
    Forked wrongToken =
        Forked.client("x.y.z", clientState, "http", "3000", "--server", to, "--pin", server.pin());
    Forked reservedName =
        client("http", "3000", "--name", "www", "--server", to, "--pin", server.pin());
    Forked nobody = client("http", "3000", "--server", "127.0.0.1:1", "--pin", server.pin());

    assertThat(noServer.await("^culvert: (.*)")).isEqualTo("no server is given");
    assertThat(noServer.await("^  (.*)")).contains("--server");
    assertThat(noServer.awaitExit()).isEqualTo(2);
    assertThat(badTarget.awaitExit()).isEqualTo(2);
    assertThat(badPin.awaitExit()).isEqualTo(2);
    assertThat(wrongToken.awaitExit()).isEqualTo(3);
    assertThat(reservedName.await("^culvert: (.*)")).contains("reserved");
    assertThat(reservedName.awaitExit()).isEqualTo(4);
    assertThat(nobody.await("^culvert: (.*)")).contains("127.0.0.1:1").contains("refused");
    assertThat(nobody.await("^  (.*)")).contains("culvertd");
    assertThat(nobody.awaitExit()).isEqualTo(5);
  }

  @Test
  void noErrorIsAStackTrace() throws Exception {
    Forked nobody = client("http", "3000", "--server", "127.0.0.1:1", "--pin", server.pin());
    nobody.awaitExit();

    assertThat(nobody.allLines()).hasSize(2).noneMatch(line -> line.contains("\tat "));
  }

  @Test
  void aTokenOnTheCommandLineIsWarnedOf() throws Exception {
    Forked client =
        Forked.client(
            "",
            clientState,
            "http",
            Integer.toString(port()),
            "--authtoken",
            server.token(),
            "--server",
            "127.0.0.1:" + server.tunnelPort(),
            "--pin",
            server.pin());

    assertThat(client.await("(can be read by other users)")).isNotEmpty();
    client.await("(Forwarding)");
    client.close();
  }
}
