package dev.culvert.bench.demo;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * An endless sequence of pseudo-random bytes that both ends can make from a seed.
 *
 * <p>The bytes are the values of {@code new SplittableRandom(seed).nextLong()} in order, each as
 * eight bytes, least significant first. With seed 0 the first eight are {@code af cd 1d 7b 39 a8 20
 * e2}. One thread at a time.
 */
final class PatternBytes {
  private static final int BLOCK_BYTES = 32 << 10;

  private final SplittableRandom random;
  private final byte[] block = new byte[BLOCK_BYTES];
  private final ByteBuffer words = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
  private final byte[] received = new byte[BLOCK_BYTES];
  private int usedBytes = BLOCK_BYTES;

  PatternBytes(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The next bytes of the sequence, in an array of their own. */
  byte[] next(int bytes) {
    byte[] target = new byte[bytes];
    int filled = 0;
    while (filled < bytes) {
      int n = available(bytes - filled);
      System.arraycopy(block, usedBytes, target, filled, n);
      usedBytes += n;
      filled += n;
    }
    return target;
  }

  /** Writes the next bytes of the sequence to a buffer, which it borrows. */
  void writeTo(ByteBuf target, int bytes) {
    int left = bytes;
    while (left > 0) {
      int n = available(left);
      target.writeBytes(block, usedBytes, n);
      usedBytes += n;
      left -= n;
    }
  }

  /**
   * Reads all of a borrowed buffer against the next bytes of the sequence.
   *
   * @return how many bytes agree before the first that differs, or -1 when all agree
   */
  int mismatch(ByteBuf other) {
    int agreed = 0;
    while (other.isReadable()) {
      int n = available(other.readableBytes());
      other.readBytes(received, 0, n);
      int differing = Arrays.mismatch(block, usedBytes, usedBytes + n, received, 0, n);
      if (differing >= 0) {
        return agreed + differing;
      }
      usedBytes += n;
      agreed += n;
    }
    return -1;
  }

  private int available(int wanted) {
    if (usedBytes == BLOCK_BYTES) {
      words.clear();
      while (words.hasRemaining()) {
        words.putLong(random.nextLong());
      }
      usedBytes = 0;
    }
    return Math.min(wanted, BLOCK_BYTES - usedBytes);
  }
}
