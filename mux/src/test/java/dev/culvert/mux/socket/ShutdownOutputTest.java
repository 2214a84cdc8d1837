package dev.culvert.mux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.ChannelOutputShutdownException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What Netty does with writes that are not finished: the reason to wait for the last one. */
@ParameterizedClass
@EnumSource(Transport.class)
@Timeout(120)
final class ShutdownOutputTest {
  private final Loopback loopback;
  private final LoopbackConnection connection;

  ShutdownOutputTest(Transport transport) throws Exception {
    loopback = new Loopback(transport);
    connection = loopback.open();
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
    loopback.close();
  }

  @Test
  void shutdownOutputDropsAWaitingWriteAndThePeerReadsACleanEnd() throws Exception {
    long length = connection.fill();

    ChannelFuture last = connection.write(length, 1);
    connection.channel().shutdownOutput().sync();

    assertThat(last)
        .failsWithin(Loopback.PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(ChannelOutputShutdownException.class);
    assertThat(connection.peerReadsToEnd()).isPositive().isLessThan(length);
  }

  @Test
  void closeDropsAWaitingWriteAndThePeerReadsACleanEnd() throws Exception {
    long length = connection.fill();

    ChannelFuture last = connection.write(length, 1);
    connection.channel().close().sync();

    assertThat(last).failsWithin(Loopback.PATIENCE);
    assertThat(connection.peerReadsToEnd()).isPositive().isLessThan(length);
  }
}
