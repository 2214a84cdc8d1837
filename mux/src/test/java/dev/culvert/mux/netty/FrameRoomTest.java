package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is read with room for a header, and how it goes out. */
@ExtendWith(LeakCheck.class)
final class FrameRoomTest {
  private static final int BYTES = 20_000;

  private final EmbeddedTunnel tunnel = new EmbeddedTunnel();
  private final EmbeddedStream sender = tunnel.client.open();

  @BeforeEach
  void accept() {
    tunnel.drive();
    sender.channel().writesWithRoom();
  }

  @AfterEach
  void disconnect() {
    tunnel.close();
  }

  /** A buffer with the first bytes of the sequence behind {@code room} bytes of ones. */
  private static ByteBuf buffer(int room, int bytes) {
    ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(room + bytes);
    for (int i = 0; i < room; i++) {
      buffer.writeByte(1);
    }
    buffer.readerIndex(room);
    ByteBuf sequence = ByteSequence.slice(0, bytes);
    buffer.writeBytes(sequence);
    sequence.release();
    return buffer;
  }

  /** What the client's connection is given, in order; handed on to the server. */
  private List<ByteBuf> written() {
    List<ByteBuf> written = new ArrayList<>();
    EmbeddedChannel connection = tunnel.client.connection;
    connection.runPendingTasks();
    ByteBuf out;
    while ((out = connection.readOutbound()) != null) {
      written.add(out);
      tunnel.server.connection.writeInbound(out.retainedDuplicate());
    }
    return written;
  }

  private void assertReceived(int bytes) {
    assertThat(tunnel.accepted().log().bytes()).isEqualTo(bytes); // which checks each
  }

  @Test
  void bufferWithRoomGoesOutAsItIs() {
    ByteBuf buffer = buffer(Frame.HEADER_BYTES, BYTES);

    sender.channel().writeAndFlush(buffer);

    List<ByteBuf> written = written();
    assertThat(written).hasSize(1).first().isSameAs(buffer);
    assertThat(buffer.readableBytes()).isEqualTo(Frame.HEADER_BYTES + BYTES);
    assertReceived(BYTES);
    written.forEach(ByteBuf::release);
  }

  @Test
  void bufferWithoutRoomIsCopied() {
    ByteBuf buffer = buffer(Frame.HEADER_BYTES - 1, BYTES);

    sender.channel().writeAndFlush(buffer);

    List<ByteBuf> written = written();
    assertThat(written).doesNotContain(buffer);
    assertReceived(BYTES);
    written.forEach(ByteBuf::release);
  }

  @Test
  void bufferThatSomebodyKeepsIsCopied() {
    ByteBuf buffer = buffer(Frame.HEADER_BYTES, BYTES);
    byte[] before = ByteBufUtil.getBytes(buffer, 0, Frame.HEADER_BYTES);
    buffer.retain();

    sender.channel().writeAndFlush(buffer);

    written().forEach(ByteBuf::release);
    assertReceived(BYTES);
    assertThat(ByteBufUtil.getBytes(buffer, 0, Frame.HEADER_BYTES)).isEqualTo(before);
    buffer.release();
  }

  @Test
  void smallBuffersAreGathered() {
    for (int i = 0; i < 4; i++) {
      sender.channel().write(buffer(Frame.HEADER_BYTES, 1000));
    }
    sender.channel().flush();

    List<ByteBuf> written = written();
    assertThat(written).hasSize(1);
    written.forEach(ByteBuf::release);
  }

  @Test
  void nothingIsAsItIsUntilItIsSaid() {
    EmbeddedStream other = tunnel.client.open();
    written().forEach(ByteBuf::release);
    ByteBuf buffer = buffer(Frame.HEADER_BYTES, BYTES);

    other.channel().writeAndFlush(buffer);

    List<ByteBuf> written = written();
    assertThat(written).doesNotContain(buffer);
    written.forEach(ByteBuf::release);
  }

  @Test
  void endGoesOutBehindAFrame() {
    sender.channel().write(buffer(Frame.HEADER_BYTES, BYTES));
    sender.channel().shutdownOutput();
    tunnel.drive();

    EmbeddedStream receiver = tunnel.accepted();
    assertThat(receiver.log().bytes()).isEqualTo(BYTES);
    assertThat(receiver.log().ends()).contains(EventLog.END_OF_INPUT);
  }

  @Test
  void readsGrowAndShrinkByFour() {
    NioSocketChannel socket = new NioSocketChannel();
    FrameRoom.in(socket);
    var reads = (ExtendedHandle) socket.config().getRecvByteBufAllocator().newHandle();
    List<Integer> sizes = new ArrayList<>();

    for (int i = 0; i < 4; i++) {
      sizes.add(read(reads, 1.0));
    }
    for (int i = 0; i < 3; i++) {
      sizes.add(read(reads, 0.01));
    }

    assertThat(FrameRoom.isIn(socket)).isTrue();
    assertThat(sizes).containsExactly(4096, 16_384, 65_500, 65_500, 65_500, 16_375, 4096);
    socket.unsafe().closeForcibly();
  }

  @Test
  void socketIsReadAsEverWhereFramesAreToBeCopied() {
    NioSocketChannel socket = new NioSocketChannel();
    String before = System.setProperty("culvert.copy", "true");

    try {
      FrameRoom.in(socket);
    } finally {
      restore(before);
    }

    assertThat(FrameRoom.isIn(socket)).isFalse();
    socket.unsafe().closeForcibly();
  }

  private static void restore(@Nullable String property) {
    if (property == null) {
      System.clearProperty("culvert.copy");
    } else {
      System.setProperty("culvert.copy", property);
    }
  }

  /** One read that fills this part of its buffer; the size of that. */
  private static int read(ExtendedHandle reads, double part) {
    ByteBuf buffer = reads.allocate(UnpooledByteBufAllocator.DEFAULT);
    assertThat(buffer.readerIndex()).isEqualTo(Frame.HEADER_BYTES);
    reads.lastBytesRead((int) (buffer.writableBytes() * part));
    buffer.release();
    return buffer.capacity();
  }
}
