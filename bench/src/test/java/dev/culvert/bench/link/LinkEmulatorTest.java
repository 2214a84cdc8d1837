package dev.culvert.bench.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.culvert.bench.e2e.LeakCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(LeakCheck.class)
final class LinkEmulatorTest {
  private static final long GIGABIT = 1_000_000_000;
  private static final int SILENCE_MILLIS = 200;
  private static final LinkSettings FAST = LinkSettings.of(Duration.ZERO, GIGABIT);

  private static byte[] randomBytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static CompletableFuture<Void> send(Socket to, byte[] bytes) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            to.getOutputStream().write(bytes);
            to.shutdownOutput();
            sent.complete(null);
          } catch (IOException e) {
            sent.completeExceptionally(e);
          }
        });
    return sent;
  }

  private static void assertSilent(Socket socket) throws IOException {
    int patience = socket.getSoTimeout();
    socket.setSoTimeout(SILENCE_MILLIS);
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> socket.getInputStream().read());
    socket.setSoTimeout(patience);
  }

  @Test
  void bytesPassWholeAndInOrderBothWays() throws Exception {
    LinkSettings jittery = LinkSettings.of(Duration.ofMillis(2), GIGABIT);
    byte[] there = randomBytes(3_000_001, 1);
    byte[] back = randomBytes(2_000_003, 2);
    try (LinkedSockets sockets = new LinkedSockets(jittery.withJitter(Duration.ofMillis(5), 7))) {
      CompletableFuture<Void> sentBack = send(sockets.far, back);
      CompletableFuture<Void> sentThere = send(sockets.near, there);
      CompletableFuture<byte[]> received =
          CompletableFuture.supplyAsync(() -> readAll(sockets.near));

      assertThat(sockets.far.getInputStream().readAllBytes()).isEqualTo(there);
      assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(back);
      sentThere.get(20, TimeUnit.SECONDS);
      sentBack.get(20, TimeUnit.SECONDS);
    }
  }

  private static byte[] readAll(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void halfClosedLinkStillCarriesTheOtherDirection() throws Exception {
    try (LinkedSockets sockets = new LinkedSockets(FAST)) {
      sockets.near.shutdownOutput();
      assertThat(sockets.far.getInputStream().read()).isEqualTo(-1);

      sockets.far.getOutputStream().write(42);
      sockets.far.shutdownOutput();

      assertThat(sockets.near.getInputStream().readAllBytes()).containsExactly(42);
    }
  }

  @Test
  void linkSendsAtItsRate() throws Exception {
    long bitsPerSecond = 20_000_000;
    byte[] bytes = new byte[2_000_000];
    try (LinkedSockets sockets =
        new LinkedSockets(LinkSettings.of(Duration.ofMillis(1), bitsPerSecond))) {
      sockets.roundTrip();

      long startNanos = System.nanoTime();
      CompletableFuture<Void> sent = send(sockets.near, bytes);
      sockets.far.getInputStream().readNBytes(bytes.length);
      double seconds = (System.nanoTime() - startNanos) / 1e9;

      assertThat(bytes.length * 8 / seconds / bitsPerSecond).isBetween(0.5, 1.0);
      sent.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void roundTripTakesTwiceTheDelayAtLeast() throws Exception {
    LinkSettings settings = LinkSettings.of(Duration.ofMillis(15), GIGABIT);
    try (LinkedSockets sockets = new LinkedSockets(settings)) {
      assertThat(Duration.ofNanos(sockets.roundTrip())).isGreaterThan(Duration.ofMillis(30));
    }
  }

  @Test
  void settingsChangeWhileTheLinkRuns() throws Exception {
    try (LinkedSockets sockets = new LinkedSockets(FAST)) {
      sockets.roundTrip();

      sockets.link.settings(LinkSettings.of(Duration.ofMillis(40), GIGABIT));

      assertThat(Duration.ofNanos(sockets.roundTrip())).isGreaterThan(Duration.ofMillis(80));
    }
  }

  @Test
  void stalledLinkPassesNothingAndOnceResumedEverything() throws Exception {
    byte[] bytes = randomBytes(50_000, 3);
    try (LinkedSockets sockets = new LinkedSockets(FAST)) {
      sockets.roundTrip();
      sockets.link.stall();
      sockets.near.getOutputStream().write(bytes);
      sockets.near.shutdownOutput();
      sockets.far.getOutputStream().write(1);
      assertSilent(sockets.far);
      assertSilent(sockets.near);

      sockets.link.resume();

      assertThat(sockets.far.getInputStream().readAllBytes()).isEqualTo(bytes);
      assertThat(sockets.near.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void stalledLinkPassesNoReset() throws Exception {
    try (LinkedSockets sockets = new LinkedSockets(FAST)) {
      sockets.roundTrip();
      sockets.link.stall();
      sockets.near.setSoLinger(true, 0);
      sockets.near.close();
      assertSilent(sockets.far);

      sockets.link.resume();

      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(() -> sockets.far.getInputStream().read());
    }
  }

  @Test
  void connectionMadeDuringAStallIsSilentToo() throws Exception {
    try (LinkedSockets sockets = new LinkedSockets(FAST)) {
      sockets.link.stall();
      try (Socket near =
              new Socket(sockets.link.address().getAddress(), sockets.link.address().getPort());
          Socket far = sockets.listener.accept()) {
        far.setSoTimeout(sockets.far.getSoTimeout());
        near.getOutputStream().write(1);
        assertSilent(far);

        sockets.link.resume();

        assertThat(far.getInputStream().read()).isEqualTo(1);
      }
    }
  }

  @Test
  void cutResetsBothEndsAlsoDuringAStall() throws Exception {
    try (LinkedSockets sockets = new LinkedSockets(FAST)) {
      sockets.roundTrip();
      sockets.link.stall();
      sockets.near.getOutputStream().write(1);

      sockets.link.cut();

      for (Socket end : new Socket[] {sockets.near, sockets.far}) {
        assertThatExceptionOfType(SocketException.class)
            .isThrownBy(() -> end.getInputStream().read());
      }
    }
  }

  @Test
  void fullQueueHoldsTheSenderBack() throws Exception {
    int queueBytes = 500_000;
    try (LinkedSockets sockets = new LinkedSockets(FAST.withQueue(queueBytes))) {
      AtomicLong written = new AtomicLong();
      Thread.ofVirtual().start(() -> writeUntilItFails(sockets.near, written));
      long before;
      do {
        before = written.get();
        assertSilent(sockets.near); // lets time pass
      } while (written.get() > before);

      assertThat(written.get()).isBetween(100_000L, queueBytes + 1_000_000L);
    }
  }

  private static void writeUntilItFails(Socket to, AtomicLong written) {
    byte[] chunk = new byte[10_000];
    try {
      OutputStream out = to.getOutputStream();
      while (true) {
        out.write(chunk);
        written.addAndGet(chunk.length);
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @Test
  void connectionIsResetWhereTheTargetRefusesIt() throws Exception {
    InetSocketAddress gone;
    try (ServerSocket listener = new ServerSocket(0)) {
      gone = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }
    try (LinkEmulator link = LinkEmulator.start(gone, FAST);
        Socket socket = new Socket(link.address().getAddress(), link.address().getPort())) {
      socket.setSoTimeout(20_000);

      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(() -> socket.getInputStream().read());
    }
  }
}
