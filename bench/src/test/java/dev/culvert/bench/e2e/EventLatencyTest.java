package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How much later than without a tunnel the first byte of an event stream arrives. */
@Timeout(60)
final class EventLatencyTest {
  private static final int STREAMS = 200;
  private static final long MAX_MILLIS = 20;

  /** Something else may keep the machine busy. */
  private static final int ROUNDS = 3;

  private static final String EVENT =
      """
      HTTP/1.1 200 OK
      Content-Type: text/event-stream
      Transfer-Encoding: chunked

      9
      data: 1~~
      """
          .replace("\n", "\r\n")
          .replace('~', '\n');
  private static final String END = "0\r\n\r\n";

  @TempDir private Path state;
  private final BlockingQueue<Long> sentNanos = new LinkedBlockingQueue<>();
  private final Semaphore received = new Semaphore(0);
  private Tunnel tunnel;
  private LocalService service;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    service = LocalService.start(this::serve);
    client = tunnel.connect(Tunnel.http(service.port()));
  }

  @AfterEach
  void stop() throws Exception {
    tunnel.close();
    service.close();
  }

  /** Sends the next stream's first event, and its end once that has arrived. */
  private void serve(Socket socket) throws Exception {
    socket.setTcpNoDelay(true);
    InputStream in = socket.getInputStream();
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      while (!line.isEmpty()) {
        line = readLine(in);
      }
      sentNanos.add(System.nanoTime());
      socket.getOutputStream().write(EVENT.getBytes(StandardCharsets.US_ASCII));
      received.acquire();
      socket.getOutputStream().write(END.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static String readLine(InputStream in) throws Exception {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @ParameterizedTest
  @EnumSource
  void firstByteArrivesAlmostAsSoonAsWithoutATunnel(HttpClient.Version version) throws Exception {
    URI direct = URI.create("http://127.0.0.1:" + service.port() + "/");
    URI tunnelled = version == HttpClient.Version.HTTP_2 ? client.https() : client.http();
    double added = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS && added >= MAX_MILLIS; round++) {
      double without = medianMillis(HttpClient.Version.HTTP_1_1, direct);
      double with = medianMillis(version, tunnelled);
      added = with - without;
      System.out.printf(
          "First byte of an event stream, median of %d, %s: %.2f ms; without a tunnel %.2f ms%n",
          STREAMS, version, with, without);
    }
    assertThat(added).as("ms that the tunnel adds").isLessThan(MAX_MILLIS);
  }

  private double medianMillis(HttpClient.Version version, URI url) throws Exception {
    List<Long> nanos = new ArrayList<>();
    try (HttpClient visitor =
        HttpClient.newBuilder().version(version).sslContext(AnyServer.context()).build()) {
      HttpRequest request = HttpRequest.newBuilder(url).build();
      while (nanos.size() < STREAMS) {
        HttpResponse<InputStream> response = visitor.send(request, BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
          assertThat(body.read()).isEqualTo('d');
          nanos.add(System.nanoTime() - sentNanos.take());
          received.release();
          assertThat(body.readAllBytes()).hasSize(8);
        }
        assertThat(response.version()).isEqualTo(version);
      }
    }
    Collections.sort(nanos);
    return nanos.get(nanos.size() / 2) / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }
}
