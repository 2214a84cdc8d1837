package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Bytes that waited, and bytes that come while these are read, within one read of the connection.
 */
@ExtendWith(LeakCheck.class)
final class ReadLoopTest {
  private static final int FRAME = 5000;

  private final EmbeddedTunnel tunnel = new EmbeddedTunnel();
  private EmbeddedStream receiver = tunnel.client.open();
  private int position;

  @BeforeEach
  void accept() {
    tunnel.drive();
    receiver = tunnel.accepted();
    receiver.log().entries.clear();
    receiver.channel().config().setAutoRead(false);
  }

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  /** The next frame comes, in the midst of what the connection reads. */
  private void receiveFrame() {
    ByteBuf frame = tunnel.server.connection.alloc().directBuffer();
    frame.writeLong(1).writeInt(FRAME).writeBytes(ByteSequence.bytes(position, FRAME));
    position += FRAME;
    tunnel.server.connection.pipeline().fireChannelRead(frame);
  }

  private void endReadLoop() {
    tunnel.server.connection.pipeline().fireChannelReadComplete();
  }

  private void finish() {
    tunnel.server.connection.pipeline().fireChannelRead(Wire.finish(1));
  }

  @Test
  void underAutoReadWhatWaitedIsReadAndWhatComesMeanwhileBehindIt() {
    receiveFrame();
    receiveFrame();
    assertThat(receiver.log().entries).isEmpty();

    receiver.channel().config().setAutoRead(true);
    receiveFrame();
    finish();
    assertThat(receiver.log().bytes()).isEqualTo(3 * FRAME);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ);
    endReadLoop();
    tunnel.runTasks();

    assertThat(receiver.log().entries)
        .containsExactly(EventLog.READ, EventLog.READ_COMPLETE, EventLog.END_OF_INPUT);
  }

  @Test
  void underAutoReadALoopIsOneCycleHoweverMuchItBrings() {
    receiver.channel().config().setAutoRead(true);

    for (int i = 0; i < 40; i++) {
      receiveFrame();
    }
    endReadLoop();

    assertThat(receiver.log().bytes()).isEqualTo(40 * FRAME);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);
  }

  @Test
  void withoutAutoReadEachReadThatIsAskedForFromWithinGoesOnInTheSameLoop() {
    receiveFrame();
    receiveFrame();
    receiver.log().on(EventLog.READ, Channel::read);

    receiver.channel().read();
    receiveFrame();
    finish();
    endReadLoop();
    tunnel.runTasks();

    assertThat(receiver.log().bytes()).isEqualTo(3 * FRAME);
    assertThat(receiver.log().entries)
        .containsExactly(EventLog.READ, EventLog.READ_COMPLETE, EventLog.END_OF_INPUT);
  }

  @Test
  void withoutAutoReadWhatComesAfterTheReadWasUsedUpWaitsForTheNext() {
    receiver.channel().read();
    receiveFrame();
    endReadLoop();
    receiveFrame();
    finish();
    endReadLoop();
    tunnel.runTasks();
    assertThat(receiver.log().bytes()).isEqualTo(FRAME);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);

    receiver.channel().read();
    tunnel.runTasks();

    assertThat(receiver.log().bytes()).isEqualTo(2 * FRAME);
    assertThat(receiver.log().entries).endsWith(EventLog.READ_COMPLETE, EventLog.END_OF_INPUT);
  }

  @Test
  void readThatIsAskedForTwiceIsOneRead() {
    for (int i = 0; i < 30; i++) {
      receiveFrame();
    }

    receiver.channel().read();
    receiver.channel().read();
    tunnel.runTasks();

    assertThat(receiver.log().bytes()).isLessThan(20 * FRAME);
    assertThat(receiver.log().entries).containsExactly(EventLog.READ, EventLog.READ_COMPLETE);
  }

  @Test
  void creditForWhatIsReadOutsideOfALoopIsFlushed() {
    for (int i = 0; i < 30; i++) {
      receiveFrame();
    }
    endReadLoop();
    tunnel.runTasks();
    discardOutput();

    for (int i = 0; i < 10; i++) {
      receiver.channel().read();
      tunnel.runTasks();
    }

    assertThat(discardOutput()).isGreaterThanOrEqualTo(12);
  }

  private int discardOutput() {
    int bytes = 0;
    for (ByteBuf batch; (batch = tunnel.server.connection.readOutbound()) != null; ) {
      bytes += batch.readableBytes();
      batch.release();
    }
    return bytes;
  }
}
