package dev.culvert.mux.socket;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.netty.AutoRead;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a transport must keep when one direction of a connection ends before the other. */
@ParameterizedClass
@EnumSource(Transport.class)
@Timeout(120)
final class HalfCloseTest {
  private static final long LARGE = 64 << 20;
  private static final int SMALL = 32 << 10;

  private final Transport transport;
  private final Loopback loopback;
  private final LoopbackConnection connection;

  HalfCloseTest(Transport transport) throws Exception {
    this.transport = transport;
    loopback = new Loopback(transport);
    connection = loopback.open();
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
    loopback.close();
  }

  @Test
  void everythingWrittenAfterThePeersFinArrives() throws Exception {
    connection.peerFinishes();

    long filled = connection.fill();
    ChannelFuture written = connection.write(filled, LARGE - filled);
    Future<?> finished = finishAfter(written);

    assertThat(connection.peerReadsToEnd()).isEqualTo(LARGE);
    assertThat(finished).succeedsWithin(Loopback.PATIENCE);
  }

  @Test
  void everythingReadAfterOurFinArrives() throws Exception {
    connection.channel().shutdownOutput().sync();
    assertThat(connection.peerReadsToEnd()).isZero();

    connection.peerSends((int) LARGE);
    connection.peer().shutdownOutput();

    assertThat(connection.inbox().end).succeedsWithin(Loopback.PATIENCE).isEqualTo(LARGE);
  }

  @Test
  void bothDirectionsEndWhenThePeerIsFirst() throws Exception {
    connection.peerSends(SMALL);
    connection.peerFinishes();
    Future<?> finished = finishAfter(connection.write(0, SMALL));

    assertThat(connection.inbox().end).isCompletedWithValue((long) SMALL);
    assertThat(connection.peerReadsToEnd()).isEqualTo(SMALL);
    assertThat(finished).succeedsWithin(Loopback.PATIENCE);
    loopback.assertQuiet();
  }

  @Test
  void bothDirectionsEndWhenWeAreFirst() throws Exception {
    Future<?> finished = finishAfter(connection.write(0, SMALL));
    assertThat(connection.peerReadsToEnd()).isEqualTo(SMALL);
    connection.peerSends(SMALL);
    connection.peer().shutdownOutput();

    assertThat(connection.inbox().end).succeedsWithin(Loopback.PATIENCE).isEqualTo((long) SMALL);
    assertThat(finished).succeedsWithin(Loopback.PATIENCE);
    loopback.assertQuiet();
  }

  /** The larger case fills every kernel buffer, so that the FIN stays behind unread data. */
  @ParameterizedTest
  @ValueSource(ints = {SMALL, 32 << 20})
  void dataAndFinThatComeWhileReadingIsOffAreNotLost(int length) throws Exception {
    connection.setAutoRead(AutoRead.OFF);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> sent =
          executor.submit(() -> {
            connection.peerSends(length);
            connection.peer().shutdownOutput();
            return null;
          });
      if (length == SMALL) {
        assertThat(sent).succeedsWithin(Loopback.PATIENCE);
      }
      loopback.assertQuiet();

      connection.setAutoRead(AutoRead.ON);

      assertThat(connection.inbox().end).succeedsWithin(Loopback.PATIENCE).isEqualTo((long) length);
    }
  }

  @Test
  void togglingReadingAfterThePeersFinLosesNothing() throws Exception {
    connection.peerFinishes();
    toggleReading();

    long filled = connection.fill();
    toggleReading();
    ChannelFuture written = connection.write(filled, LARGE - filled);
    toggleReading();
    Future<?> finished = finishAfter(written);

    assertThat(connection.peerReadsToEnd()).isEqualTo(LARGE);
    assertThat(finished).succeedsWithin(Loopback.PATIENCE);
    toggleReading();
    loopback.assertQuiet();
  }

  @Test
  void aHalfClosedChannelMovesToAnotherLoop() throws Exception {
    connection.peerFinishes();
    EventLoopGroup other = transport.newEventLoopGroup(1, "other");
    try {
      SocketChannel channel = connection.channel();
      channel.deregister().sync();
      other.register(channel).sync();

      long filled = connection.fill();
      ChannelFuture written = connection.write(filled, LARGE - filled);
      Future<?> finished = finishAfter(written);

      assertThat(connection.peerReadsToEnd()).isEqualTo(LARGE);
      assertThat(finished).succeedsWithin(Loopback.PATIENCE);
    } finally {
      connection.close();
      other.shutdownGracefully(0, 10, SECONDS).sync();
    }
  }

  private void toggleReading() throws Exception {
    for (int i = 0; i < 10; i++) {
      connection.setAutoRead(AutoRead.OFF);
      connection.setAutoRead(AutoRead.ON);
    }
  }

  private Future<?> finishAfter(ChannelFuture written) {
    CompletableFuture<Void> finished = new CompletableFuture<>();
    written.addListener(_ -> {
      if (!written.isSuccess()) {
        finished.completeExceptionally(written.cause());
        return;
      }
      connection
          .channel()
          .shutdownOutput()
          .addListener(shutdown -> {
            if (shutdown.isSuccess()) {
              finished.complete(null);
            } else {
              finished.completeExceptionally(shutdown.cause());
            }
          });
    });
    return finished;
  }
}
