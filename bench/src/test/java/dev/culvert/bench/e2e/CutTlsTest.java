package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.KeyAndChain;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Under TLS close_notify is the end and a FIN alone is a cut, for anyone on the path can send one.
 */
@Timeout(60)
final class CutTlsTest {
  private static final char[] NO_PASSWORD = new char[0];
  private static final String UPGRADED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  @TempDir private Path state;
  @TempDir private Path authority;
  private Tunnel tunnel;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
  }

  @AfterEach
  void stop() {
    tunnel.close();
  }

  @Test
  void responseOfAnHttpsServiceThatEndsWithCloseNotifyIsWhole() throws Exception {
    try (LocalService service = LocalService.start(socket -> answer(socket, SSLSocket::close));
        RawVisitor visitor = RawVisitor.to(toHttps(service))) {
      visitor.request("GET", "/");

      assertThat(visitor.readHead().header("transfer-encoding")).isEqualTo("chunked");
      assertThat(readChunks(visitor)).isEqualTo("all of it");
    }
  }

  @Test
  void responseOfAnHttpsServiceThatEndsWithABareFinIsCut() throws Exception {
    CountDownLatch headIsRead = new CountDownLatch(1); // else a reset may overtake the head
    try (LocalService service =
            LocalService.start(socket ->
                answer(
                    socket,
                    tls -> {
                      assertThat(headIsRead.await(20, TimeUnit.SECONDS)).isTrue();
                      awaitClose(socket);
                    }));
        RawVisitor visitor = RawVisitor.to(toHttps(service))) {
      visitor.request("GET", "/");

      assertThat(visitor.readHead().header("transfer-encoding")).isEqualTo("chunked");
      headIsRead.countDown();
      assertThatThrownBy(() -> readChunks(visitor)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void webSocketOfAnHttpsVisitorThatEndsWithCloseNotifyEndsInOrder() throws Exception {
    assertThat(howTheServiceSeesTheEnd(visitor -> visitor.socket().close())).isEqualTo("end");
  }

  @Test
  void webSocketOfAnHttpsVisitorThatEndsWithABareFinIsCut() throws Exception {
    assertThat(howTheServiceSeesTheEnd(RawVisitor::finish)).isNotEqualTo("end");
  }

  /** How a connection ends. */
  private interface End<T> {
    void of(T connection) throws Exception;
  }

  private URI toHttps(LocalService service) throws Exception {
    LocalTarget target = new LocalTarget(LocalTarget.Scheme.HTTPS, "127.0.0.1", service.port());
    return tunnel.connect(TunnelSpec.http(target)).http();
  }

  private void answer(Socket socket, End<SSLSocket> end) throws Exception {
    SSLSocket tls =
        (SSLSocket)
            serverContext().getSocketFactory().createSocket(socket, socket.getInputStream(), false);
    byte[] request = new byte[4];
    tls.getInputStream().readNBytes(request, 0, request.length);
    tls.getOutputStream()
        .write("HTTP/1.1 200 OK\r\n\r\nall of it".getBytes(StandardCharsets.ISO_8859_1));
    end.of(tls);
  }

  /** Sends a FIN below TLS, then reads on, so that no reset comes of what was unread. */
  private static void awaitClose(Socket socket) throws IOException {
    socket.shutdownOutput();
    socket.getInputStream().readAllBytes();
  }

  private SSLContext serverContext() throws Exception {
    KeyAndChain identity = DevAuthority.loadOrCreate(authority).issue(List.of("127.0.0.1"));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, NO_PASSWORD);
    keys.setKeyEntry(
        "service", identity.key(), NO_PASSWORD, identity.chain().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static String readChunks(RawVisitor visitor) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      int length = Integer.parseInt(visitor.readLine(), 16);
      byte[] chunk = visitor.in().readNBytes(length);
      if (chunk.length < length) {
        throw new EOFException("within a chunk");
      }
      body.append(new String(chunk, StandardCharsets.ISO_8859_1));
      visitor.readLine();
      if (length == 0) {
        return body.toString();
      }
    }
  }

  /** Over a WebSocket's connection, behind its 101: {@code end}, or what the read failed with. */
  private String howTheServiceSeesTheEnd(End<RawVisitor> end) throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    try (LocalService service = LocalService.start(socket -> upgrade(socket, seen))) {
      Client client = tunnel.connect(Tunnel.http(service.port()));
      try (RawVisitor visitor = RawVisitor.to(client.https())) {
        visitor.request("GET", "/", "Connection: Upgrade", "Upgrade: websocket");
        assertThat(visitor.readHead().status()).isEqualTo(101);
        visitor.send("x".repeat(1000));
        assertThat(visitor.in().read()).isEqualTo('!');

        end.of(visitor);

        return seen.get(20, TimeUnit.SECONDS);
      }
    }
  }

  private static void upgrade(Socket socket, CompletableFuture<String> seen) throws Exception {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    socket.getOutputStream().write(UPGRADED.getBytes(StandardCharsets.ISO_8859_1));
    socket.getInputStream().readNBytes(1000);
    socket.getOutputStream().write('!');
    try {
      seen.complete(socket.getInputStream().read() < 0 ? "end" : "more");
    } catch (IOException e) {
      seen.complete(String.valueOf(e.getMessage()));
    }
  }
}
