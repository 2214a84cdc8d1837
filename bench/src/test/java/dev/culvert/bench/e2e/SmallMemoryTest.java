package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.Forked.ForkedServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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

/**
 * A gibibyte each way, with both programs held to 64 MiB of heap and 64 MiB beside it; over HTTP/2
 * an eighth of that, or what {@code -Dculvert.http2.bytes} says.
 */
@Timeout(180)
final class SmallMemoryTest {
  private static final long BYTES = 1L << 30;
  private static final long HTTP_2_BYTES = Long.getLong("culvert.http2.bytes", 1L << 27);
  private static final int BLOCK_BYTES = 64 * 1024;
  private static final List<String> SMALL = List.of("-Xmx64m", "-XX:MaxDirectMemorySize=64m");

  @TempDir private Path serverState;
  @TempDir private Path clientState;

  private final BlockingQueue<Long> uploadChecksums = new LinkedBlockingQueue<>();

  @Test
  void aGibibyteOverHttp() throws Exception {
    try (LocalService service = LocalService.start(socket -> converseHttp(socket, BYTES));
        ForkedServer server = Forked.server(serverState, SMALL.toArray(String[]::new));
        Forked client = server.client(clientState, SMALL, "http", service.port())) {
      URI url = URI.create(client.await("Forwarding (http://\\S+)"));

      try (RawVisitor visitor = RawVisitor.to(url)) {
        visitor.request("GET", "/");
        assertThat(visitor.readHead().status()).isEqualTo(200);
        assertThat(checksum(visitor.in(), BYTES)).isEqualTo(expected(BYTES));
      }
      try (RawVisitor visitor = RawVisitor.to(url)) {
        visitor.request("POST", "/", "Content-Length: " + BYTES);
        send(visitor.socket().getOutputStream(), BYTES);
        assertThat(visitor.readHead().status()).isEqualTo(204);
        assertThat(uploadChecksums.poll(20, TimeUnit.SECONDS)).isEqualTo(expected(BYTES));
      }
      assertThat(client.isAlive()).isTrue();
      assertThat(server.forked().isAlive()).isTrue();
    }
  }

  @Test
  void aLotOverHttp2() throws Exception {
    try (LocalService service = LocalService.start(socket -> converseHttp(socket, HTTP_2_BYTES));
        ForkedServer server = Forked.server(serverState, SMALL.toArray(String[]::new));
        Forked client = server.client(clientState, SMALL, "http", service.port());
        HttpClient visitor = HttpClient.newBuilder().sslContext(AnyServer.context()).build()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(client.await("Forwarding (https://\\S+)")));

      HttpResponse<InputStream> down =
          visitor.send(request.GET().build(), BodyHandlers.ofInputStream());
      assertThat(down.version()).isEqualTo(HttpClient.Version.HTTP_2);
      try (InputStream body = down.body()) {
        assertThat(checksum(body, HTTP_2_BYTES)).isEqualTo(expected(HTTP_2_BYTES));
      }
      BodyPublisher body =
          BodyPublishers.fromPublisher(
              BodyPublishers.ofInputStream(() -> new Blocks(HTTP_2_BYTES)), HTTP_2_BYTES);
      HttpResponse<Void> up = visitor.send(request.POST(body).build(), BodyHandlers.discarding());
      assertThat(up.statusCode()).isEqualTo(204);
      assertThat(uploadChecksums.poll(20, TimeUnit.SECONDS)).isEqualTo(expected(HTTP_2_BYTES));
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
        assertThat(checksum(visitor.in(), BYTES)).isEqualTo(expected(BYTES));
        assertThat(visitor.in().read()).isEqualTo(-1);
        sender.join();
        assertThat(uploadChecksums.poll(20, TimeUnit.SECONDS)).isEqualTo(expected(BYTES));
      }
    }
  }

  private void converseHttp(Socket socket, long bytes) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    String requestLine = readLine(in);
    while (!readLine(in).isEmpty()) {
      // the rest of the head says nothing that matters here
    }
    if (requestLine.startsWith("GET")) {
      out.write(
          ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + bytes + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      send(out, bytes);
    } else {
      uploadChecksums.add(checksum(in, bytes));
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
            send(socket.getOutputStream(), BYTES);
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

  private static void send(OutputStream out, long bytes) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    for (long i = 0; i < bytes / block.length; i++) {
      fill(block, i);
      out.write(block);
    }
    out.flush();
  }

  private static long checksum(InputStream in, long bytes) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[BLOCK_BYTES];
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

  private static long expected(long bytes) {
    CRC32C checksum = new CRC32C();
    byte[] block = new byte[BLOCK_BYTES];
    for (long i = 0; i < bytes / block.length; i++) {
      fill(block, i);
      checksum.update(block);
    }
    return checksum.getValue();
  }

  /** What {@link #send} sends, to be read. */
  private static final class Blocks extends InputStream {
    private final byte[] block = new byte[BLOCK_BYTES];
    private final long end;
    private long at;

    Blocks(long bytes) {
      end = bytes;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (at == end) {
        return -1;
      }
      int from = (int) (at % block.length);
      if (from == 0) {
        fill(block, at / block.length);
      }
      int count = Math.min(length, block.length - from);
      System.arraycopy(block, from, into, offset, count);
      at += count;
      return count;
    }
  }
}
