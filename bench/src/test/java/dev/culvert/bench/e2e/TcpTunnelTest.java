package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(LeakCheck.class)
final class TcpTunnelTest {
  @TempDir private Path state;
  private Tunnel tunnel;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
  }

  @AfterEach
  void stop() {
    tunnel.close();
  }

  private static Socket visit(Client client) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), client.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static byte[] random(int bytes) {
    byte[] data = new byte[bytes];
    new Random(bytes).nextBytes(data);
    return data;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aServiceThatSpeaksFirstIsHeard() throws Exception {
    try (LocalService service =
            LocalService.start(socket -> socket.getOutputStream().write(bytes("SSH-2.0-x\r\n")));
        Socket visitor = visit(tunnel.connect(Tunnel.tcp(service.port())))) {
      assertThat(visitor.getInputStream().readAllBytes()).isEqualTo(bytes("SSH-2.0-x\r\n"));
    }
  }

  @Test
  void aVisitorThatHasFinishedStillGetsItsAnswer() throws Exception {
    byte[] question = random(3_000_000);
    byte[] answer = random(4_000_000);
    try (LocalService service =
            LocalService.start(socket -> {
              byte[] all = socket.getInputStream().readAllBytes();
              socket.getOutputStream().write(all.length == question.length ? answer : all);
            });
        Socket visitor = visit(tunnel.connect(Tunnel.tcp(service.port())))) {
      visitor.getOutputStream().write(question);
      visitor.shutdownOutput();

      assertThat(visitor.getInputStream().readAllBytes()).isEqualTo(answer);
    }
  }

  @Test
  void aServiceThatHasFinishedStillHearsItsVisitor() throws Exception {
    byte[] speech = random(3_000_000);
    CountDownLatch heard = new CountDownLatch(1);
    try (LocalService service =
            LocalService.start(socket -> {
              socket.getOutputStream().write(bytes("go on"));
              socket.shutdownOutput();
              if (socket.getInputStream().readAllBytes().length == speech.length) {
                heard.countDown();
              }
            });
        Socket visitor = visit(tunnel.connect(Tunnel.tcp(service.port())))) {
      assertThat(visitor.getInputStream().readAllBytes()).isEqualTo(bytes("go on"));
      visitor.getOutputStream().write(speech);
      visitor.shutdownOutput();

      assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aThousandConnectionsAreOpenAtOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(1000);
    try (LocalService service =
        LocalService.start(socket -> {
          int c = socket.getInputStream().read();
          all.countDown();
          all.await(30, TimeUnit.SECONDS);
          socket.getOutputStream().write(c);
        })) {
      Client client = tunnel.connect(Tunnel.tcp(service.port()));
      List<Socket> visitors = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        Socket visitor = visit(client);
        visitor.setSoTimeout(40_000);
        visitor.getOutputStream().write(i & 0x7f);
        visitors.add(visitor);
      }

      for (int i = 0; i < 1000; i++) {
        try (Socket visitor = visitors.get(i)) {
          assertThat(visitor.getInputStream().read()).isEqualTo(i & 0x7f);
          assertThat(visitor.getInputStream().read()).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void aVisitorThatReadsNothingHoldsNobodyElseUp() throws Exception {
    byte[] answer = random(32 << 20);
    try (LocalService service =
        LocalService.start(socket -> socket.getOutputStream().write(answer))) {
      Client client = tunnel.connect(Tunnel.tcp(service.port()));
      try (Socket idle = visit(client);
          Socket visitor = visit(client)) {
        assertThat(visitor.getInputStream().readAllBytes()).isEqualTo(answer);

        assertThat(idle.getInputStream().readAllBytes()).isEqualTo(answer);
      }
    }
  }

  @Test
  void aServiceThatIsDownIsAResetForTheVisitor() throws Exception {
    LocalService service = LocalService.start(socket -> {});
    int port = service.port();
    service.close();
    try (Socket visitor = visit(tunnel.connect(Tunnel.tcp(port)))) {
      InputStream in = visitor.getInputStream();

      assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aClosedTunnelsPortIsClosed() throws Exception {
    try (LocalService service = LocalService.start(socket -> {})) {
      Client client = tunnel.connect(Tunnel.tcp(service.port()));
      int port = client.port();
      client.close();
      awaitNoClients();

      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
          .isInstanceOf(IOException.class);
    }
  }

  private void awaitNoClients() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (tunnel.server().clients() > 0) {
      assertThat(System.nanoTime()).as("the server noticed").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
