package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.culvert.bench.e2e.LeakCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's curl as a visitor, in HTTP/1.1 and in HTTP/2, over HTTPS. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class CurlTest {
  private static final int BYTES = 3_000_000;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir private Path home;
  private final byte[] content = new byte[BYTES];
  private HttpServer service;
  private PublicService tunnel;

  @BeforeEach
  void start() throws Exception {
    PeerProgram.require("curl");
    new Random(5).nextBytes(content);
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext(
        "/upload",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    service.createContext(
        "/file",
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          int from =
              range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
          exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
          exchange
              .getResponseHeaders()
              .set("Content-Range", "bytes " + from + "-" + (BYTES - 1) + "/" + BYTES);
          exchange.sendResponseHeaders(range == null ? 200 : 206, BYTES - from);
          exchange.getResponseBody().write(content, from, BYTES - from);
          exchange.close();
        });
    service.start();
    tunnel = PublicService.start(home, service.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    tunnel.close();
    service.stop(0);
  }

  /** Runs curl, which must succeed; what it printed. */
  private String curl(String version, PublicService at, String path, String... options)
      throws IOException {
    InetSocketAddress edge = at.https();
    String origin = ReverseProxy.HOST + ":" + edge.getPort();
    List<String> arguments = new ArrayList<>(List.of(version, "-s", "-S", "-k"));
    arguments.addAll(List.of("--resolve", origin + ":" + edge.getAddress().getHostAddress()));
    arguments.addAll(List.of(options));
    arguments.add("https://" + origin + path);
    try (PeerProgram curl = PeerProgram.start(home, "curl", arguments.toArray(String[]::new))) {
      return curl.awaitEnd(DEADLINE);
    }
  }

  private static String number(String version) {
    return version.equals("--http2") ? "2" : "1.1";
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void uploadComesBack(String version) throws Exception {
    Files.write(home.resolve("sent"), content);

    String said =
        curl(version, tunnel, "/upload", "-T", "sent", "-o", "got", "-w", "%{http_version}");

    assertThat(said).isEqualTo(number(version));
    assertThat(Files.readAllBytes(home.resolve("got"))).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void restOfAFileIsFetched(String version) throws Exception {
    byte[] begun = new byte[1_000_000];
    System.arraycopy(content, 0, begun, 0, begun.length);
    Files.write(home.resolve("got"), begun);

    String said =
        curl(
            version, tunnel, "/file", "-C", "-", "-o", "got", "-w", "%{http_code} %{http_version}");

    assertThat(said).isEqualTo("206 " + number(version));
    assertThat(Files.readAllBytes(home.resolve("got"))).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void trailersAreShown(String version) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PublicService other = PublicService.start(home.resolve("other"), listener.getLocalPort())) {
      Thread answering = Thread.ofVirtual().start(() -> answerWithTrailers(listener));

      String said = curl(version, other, "/", "-i", "-H", "TE: trailers");

      assertThat(said).containsIgnoringCase("bodyx-sum: 1234");
      answering.join();
    }
  }

  private static void answerWithTrailers(ServerSocket listener) {
    try (Socket socket = listener.accept()) {
      socket.getInputStream().read(new byte[16_384]);
      OutputStream out = socket.getOutputStream();
      String answer =
          String.join(
              "\r\n",
              "HTTP/1.1 200 OK",
              "Connection: close",
              "Transfer-Encoding: chunked",
              "",
              "4",
              "body",
              "0",
              "X-Sum: 1234",
              "",
              "");
      out.write(answer.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // curl says what is missing.
    }
  }
}
