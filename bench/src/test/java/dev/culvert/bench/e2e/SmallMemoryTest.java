package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.Forked.ForkedServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gibibyte each way, with both programs held to 64 MiB of heap and 64 MiB beside it. */
@Timeout(180)
final class SmallMemoryTest {
  private static final long BYTES = 1L << 30;
  private static final List<String> SMALL = List.of("-Xmx64m", "-XX:MaxDirectMemorySize=64m");

  @TempDir private Path serverState;
  @TempDir private Path clientState;

  private final BlockingQueue<Long> uploadChecksums = new LinkedBlockingQueue<>();

  @Test
  void aGibibyteOverHttp() throws Exception {
    try (LocalService service = LocalService.start(this::converseHttp);
        ForkedServer server = Forked.server(serverState, SMALL.toArray(String[]::new));
        Forked client = server.client(clientState, SMALL, "http", service.port())) {
      URI url = URI.create(client.await("Forwarding (http://\\S+)"));

      try (RawVisitor visitor = RawVisitor.to(url)) {
        visitor.request("GET", "/");
        assertThat(visitor.readHead().status()).isEqualTo(200);
        assertThat(checksum(visitor.in(), BYTES)).isEqualTo(expected());
      }
      try (RawVisitor visitor = RawVisitor.to(url)) {
        visitor.request("POST", "/", "Content-Length: " + BYTES);
        send(visitor.socket().getOutputStream());
        assertThat(visitor.readHead().status()).isEqualTo(204);
        assertThat(uploadChecksums.poll(20, TimeUnit.SECONDS)).isEqualTo(expected());
      }
      assertThat(client.isAlive()).isTrue();
      assertThat(server.forked().isAlive()).isTrue();
    }
  }

  @Test
  void aGibibyteOverTcpBothWaysAtOnce() throws Exception {
    try (LocalService service = LocalService.start(this::converseTcp);
        ForkedServer server = Forked.server(serverState, SMALL.toArray(String[]::new));
        Forked client = server.client(clientState, SMALL, "tcp", service.port())) {
      int port = Integer.parseInt(client.await("Forwarding tcp://localhost:(\\d+)"));

      try (RawVisitor visitor = RawVisitor.to(port)) {
        Thread sender = sendAll(visitor.socket());
        assertThat(checksum(visitor.in(), BYTES)).isEqualTo(expected());
        assertThat(visitor.in().read()).isEqualTo(-1);
        sender.join();
        assertThat(uploadChecksums.poll(20, TimeUnit.SECONDS)).isEqualTo(expected());
      }
    }
  }

  private void converseHttp(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    String requestLine = readLine(in);
    while (!readLine(in).isEmpty()) {
      // the rest of the head says nothing that matters here
    }
    if (requestLine.startsWith("GET")) {
      out.write(
          ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + BYTES + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      send(out);
    } else {
      uploadChecksums.add(checksum(in, BYTES));
      out.write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    in.read();
  }

  private void converseTcp(Socket socket) throws Exception {
    Thread sender = sendAll(socket);
    uploadChecksums.add(checksum(socket.getInputStream(), BYTES));
    sender.join();
  }

  private static Thread sendAll(Socket socket) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            send(socket.getOutputStream());
            socket.shutdownOutput();
          } catch (IOException e) {
            // The other side's checksum is wrong then.
          }
        });
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Blocks of which no two are alike: a lost, doubled or moved one changes the checksum. */
  private static void fill(byte[] block, long number) {
    ByteBuffer bytes = ByteBuffer.wrap(block);
    SplittableRandom random = new SplittableRandom(number);
    while (bytes.hasRemaining()) {
      bytes.putLong(random.nextLong());
    }
  }

  private static void send(OutputStream out) throws IOException {
    byte[] block = new byte[64 * 1024];
    for (long i = 0; i < BYTES / block.length; i++) {
      fill(block, i);
      out.write(block);
    }
    out.flush();
  }

  private static long checksum(InputStream in, long bytes) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[64 * 1024];
    long left = bytes;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException("ended with " + left + " bytes to come");
      }
      checksum.update(buffer, 0, n);
      left -= n;
    }
    return checksum.getValue();
  }

  private static long expected() {
    CRC32C checksum = new CRC32C();
    byte[] block = new byte[64 * 1024];
    for (long i = 0; i < BYTES / block.length; i++) {
      fill(block, i);
      checksum.update(block);
    }
    return checksum.getValue();
  }
}
