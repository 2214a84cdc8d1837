package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
final class UnreadQueueTest {
  private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
  private final UnreadQueue queue = new UnreadQueue();

  @Test
  void partsOfAnySizeComeOutInOrder() {
    Random random = new Random(3);
    long in = 0;
    long out = 0;
    for (int i = 0; i < 5000; i++) {
      if (random.nextBoolean()) {
        int bytes = random.nextInt(random.nextBoolean() ? 20 : 9000);
        queue.add(ByteSequence.slice(in, bytes), bytes, allocator);
        in += bytes;
      } else if (!queue.isEmpty()) {
        ByteBuf part = queue.remove();
        out += part.readableBytes();
        ByteSequence.check(out - part.readableBytes(), part);
        part.release();
      }
    }
    while (!queue.isEmpty()) {
      ByteBuf part = queue.remove();
      out += part.readableBytes();
      part.release();
    }

    assertThat(out).isEqualTo(in);
  }

  @Test
  void singleBytesThatWaitShareBuffers() {
    for (int i = 0; i < 10_000; i++) {
      queue.add(ByteSequence.slice(i, 1), 1, allocator);
    }

    int parts = 0;
    while (!queue.isEmpty()) {
      queue.remove().release();
      parts++;
    }
    assertThat(parts).isLessThan(5);
  }

  @Test
  void smallPartDoesNotHoldTheBufferItCameIn() {
    ByteBuf record = Unpooled.buffer(16 * 1024).writeZero(16 * 1024);

    queue.add(record, 10, allocator);

    assertThat(record.refCnt()).isEqualTo(1);
    record.release();
    queue.clear();
  }

  /** Each part comes in a TLS record of its own, the rest of which is for others and is read. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100, 4095, 4096, 9000})
  void memoryHeldIsAFewTimesWhatWaitsAtMost(int partBytes) {
    int parts = Math.min(10_000, (1 << 20) / partBytes);
    for (int i = 0; i < parts; i++) {
      ByteBuf record = allocator.directBuffer(16 * 1024).writeZero(16 * 1024);
      queue.add(record, partBytes, allocator);
      record.release();
    }

    long held = allocator.pinnedDirectMemory();
    assertThat(held).isLessThan(5L * parts * partBytes + 16 * 1024);
    queue.clear();
    assertThat(allocator.pinnedDirectMemory()).isZero();
  }

  /** What TLS hands on may be many records at once: as much as one read from the socket. */
  @ParameterizedTest
  @ValueSource(ints = {4096, 9000, 16_372})
  void memoryHeldIsAFewTimesWhatWaitsAlsoWhereReadsAreLarge(int partBytes) {
    for (int i = 0; i < 64; i++) {
      ByteBuf read = allocator.directBuffer(64 * 1024).writeZero(64 * 1024);
      queue.add(read, partBytes, allocator);
      read.release();
    }

    assertThat(allocator.pinnedDirectMemory()).isLessThan(6L * 64 * partBytes);
    queue.clear();
    assertThat(allocator.pinnedDirectMemory()).isZero();
  }
}
