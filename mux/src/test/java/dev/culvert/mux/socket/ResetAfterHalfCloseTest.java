package dev.culvert.mux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.netty.AutoRead;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A peer that goes away after its FIN must neither keep the event loop busy nor go unnoticed. */
@ParameterizedClass
@EnumSource(Transport.class)
@Timeout(120)
final class ResetAfterHalfCloseTest {
  private final Loopback loopback;
  private final LoopbackConnection connection;

  ResetAfterHalfCloseTest(Transport transport) throws Exception {
    loopback = new Loopback(transport);
    connection = loopback.open();
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
    loopback.close();
  }

  @Test
  void resetOfAnIdleSocketIsQuietAndFailsTheNextWrite() throws Exception {
    connection.peerFinishes();
    connection.peerResets();

    loopback.assertQuiet();

    assertFails(connection.write(0, 1));
  }

  @Test
  void resetFailsAWriteThatWaits() throws Exception {
    connection.peerFinishes();
    long filled = connection.fill();
    ChannelFuture waiting = connection.write(filled, 1);

    connection.peerResets();

    assertFails(waiting);
    loopback.assertQuiet();
  }

  @Test
  void resetWhileReadingIsTurnedOffAndOnIsQuietAndFailsTheNextWrite() throws Exception {
    connection.peerFinishes();
    connection.setAutoRead(AutoRead.OFF);
    connection.peerResets();
    connection.setAutoRead(AutoRead.ON);
    connection.setAutoRead(AutoRead.OFF);

    loopback.assertQuiet();

    assertFails(connection.write(0, 1));
  }

  @Test
  void fullCloseIsQuietAndFailsALaterWrite() throws Exception {
    connection.peerFinishes();
    connection.peer().close();

    loopback.assertQuiet();
    assertThat(connection.write(0, 1)).succeedsWithin(Loopback.PATIENCE);
    loopback.assertQuiet();

    assertFails(connection.write(1, 1));
  }

  @Test
  void resetAfterOurFinIsAFailureAndNotAnEnd() throws Exception {
    connection.channel().shutdownOutput().sync();
    assertThat(connection.peerReadsToEnd()).isZero();

    connection.peerResets();

    assertThat(connection.inbox().failure).succeedsWithin(Loopback.PATIENCE);
    loopback.assertQuiet();
    assertThat(connection.inbox().end.state()).isNotEqualTo(Future.State.SUCCESS);
  }

  private void assertFails(ChannelFuture write) {
    assertThat(write)
        .failsWithin(Loopback.PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IOException.class);
    assertThat(connection.channel().closeFuture()).succeedsWithin(Loopback.PATIENCE);
  }
}
