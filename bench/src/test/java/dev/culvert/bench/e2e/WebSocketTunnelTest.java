package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import dev.culvert.client.local.RequestRecord;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's WebSocket client, through the tunnel, to the sample app's echo. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class WebSocketTunnelTest {
  private static final int BIG_BYTES = 10 << 20;
  private static final int PART_BYTES = 64 << 10;

  @TempDir private Path state;
  private Tunnel tunnel;
  private SampleApp app;
  private Client client;
  private HttpClient http;
  private final Heard heard = new Heard();

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    app = SampleApp.start(Tunnel.ANY_PORT);
    client = tunnel.connect(Tunnel.http(app.address().getPort()));
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    tunnel.close();
    app.close();
  }

  private WebSocket open() throws Exception {
    URI url = URI.create("ws://" + client.http().getAuthority() + "/ws");
    return http.newWebSocketBuilder().buildAsync(url, heard).get(20, TimeUnit.SECONDS);
  }

  @Test
  void textComesBack() throws Exception {
    WebSocket socket = open();

    socket.sendText("grüße", true).get(20, TimeUnit.SECONDS);

    assertThat(heard.next()).isEqualTo("grüße");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
    RequestRecord request = client.awaitRequest();
    assertThat(request.status()).isEqualTo(101);
    assertThat(request.outcome()).isEqualTo(RequestRecord.Outcome.UPGRADED);
    assertThat(request.responseBytes()).isGreaterThan("grüße".length());
  }

  @Test
  void pingIsAnswered() throws Exception {
    WebSocket socket = open();

    socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2, 3})).get(20, TimeUnit.SECONDS);

    assertThat(heard.next()).isEqualTo("pong of 3 bytes");
  }

  @Test
  void closeCodesAreKept() throws Exception {
    WebSocket socket = open();

    socket.sendClose(4321, "done here").get(20, TimeUnit.SECONDS);

    assertThat(heard.next()).isEqualTo("closed 4321");
  }

  @Test
  void messagesOfTenMebibytesComeBackWhole() throws Exception {
    byte[] message = new byte[BIG_BYTES];
    new Random(7).nextBytes(message);
    WebSocket socket = open();

    for (int at = 0; at < BIG_BYTES; at += PART_BYTES) {
      socket
          .sendBinary(ByteBuffer.wrap(message, at, PART_BYTES), at + PART_BYTES == BIG_BYTES)
          .get(20, TimeUnit.SECONDS);
    }

    assertThat((byte[]) heard.next()).isEqualTo(message);
  }

  /** What the client heard, in order: texts, byte arrays, and sentences for the rest. */
  private static final class Heard implements WebSocket.Listener {
    private final BlockingQueue<Object> messages = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    Object next() throws InterruptedException {
      Object message = messages.poll(40, TimeUnit.SECONDS);
      assertThat(message).isNotNull();
      return message;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        messages.add(text.toString());
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      binary.writeBytes(bytes);
      if (last) {
        messages.add(binary.toByteArray());
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      messages.add("pong of " + message.remaining() + " bytes");
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      messages.add("closed " + code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      messages.add("failed: " + error);
    }
  }
}
