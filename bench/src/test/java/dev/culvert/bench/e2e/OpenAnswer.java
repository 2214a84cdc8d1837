package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A connection to a local service, whose answers a test writes byte by byte. */
final class OpenAnswer {
  private static final int DEADLINE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  private OpenAnswer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(DEADLINE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A service that leaves its connections to a test. */
  static final class Service implements AutoCloseable {
    private final BlockingQueue<Socket> arrivals = new LinkedBlockingQueue<>();
    private final CountDownLatch isClosed = new CountDownLatch(1);
    private final LocalService listener;

    Service() throws IOException {
      listener =
          LocalService.start(socket -> {
            arrivals.add(socket);
            isClosed.await();
          });
    }

    int port() {
      return listener.port();
    }

    /** Waits for the next connection. */
    OpenAnswer next() throws Exception {
      Socket socket = arrivals.poll(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
      assertThat(socket).as("a connection to the service").isNotNull();
      return new OpenAnswer(socket);
    }

    @Override
    public void close() throws IOException {
      isClosed.countDown();
      listener.close();
    }
  }

  /** Waits for a line, without its end. */
  String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      assertThat(c).as("a byte behind: %s", line).isNotNegative();
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Waits for a head, or trailers: lines to the first empty one. */
  String readLines() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      lines.append(line).append('\n');
    }
    return lines.toString();
  }

  /** Waits for so many bytes of a body in chunks, however it is cut. */
  String readChunks(int bytes) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      int length = Integer.parseInt(readLine(), 16);
      text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
      assertThat(readLine()).isEmpty();
    }
    return text.toString();
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends a part of a body in chunks. */
  void sendChunk(String text) throws IOException {
    send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
  }

  /** Waits until the connection has ended, in whatever way. */
  void awaitEnd() throws IOException {
    try {
      in.readAllBytes();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection goes on", e);
    } catch (SocketException e) {
      // It was reset, as it should be.
    }
  }
}
