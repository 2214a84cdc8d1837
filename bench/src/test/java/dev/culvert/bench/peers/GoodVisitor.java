package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A visitor that asks for one small page after the other, each on a new connection. */
final class GoodVisitor {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final int MIN_SAMPLES = 200;

  private static final byte[] REQUEST =
      ("GET / HTTP/1.1\r\nHost: " + ReverseProxy.HOST + "\r\nConnection: close\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress proxy;

  GoodVisitor(InetSocketAddress proxy) {
    this.proxy = proxy;
  }

  /** Asks for that long, and often enough; the median time of a request, in nanoseconds. */
  long median(Duration duration) throws IOException {
    long end = System.nanoTime() + duration.toNanos();
    return median(() -> System.nanoTime() - end < 0);
  }

  /** Asks while something goes on, and often enough. Each request must be answered. */
  long median(BooleanSupplier goesOn) throws IOException {
    List<Long> nanos = new ArrayList<>();
    while (goesOn.getAsBoolean() || nanos.size() < MIN_SAMPLES) {
      nanos.add(ask());
    }
    Collections.sort(nanos);
    return nanos.get(nanos.size() / 2);
  }

  private long ask() throws IOException {
    long start = System.nanoTime();
    try (Socket socket = new Socket(proxy.getAddress(), proxy.getPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(REQUEST);
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok");
    }
    return System.nanoTime() - start;
  }
}
