package dev.culvert.mux.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;

/**
 * One endless sequence of bytes in which each depends on its position, so that a stream of any
 * length can be checked for lost, repeated and swapped bytes. It repeats after a prime number of
 * bytes, out of step with any buffer size.
 */
public final class ByteSequence {
  private static final int PERIOD = 65_521;
  private static final byte[] TWO_PERIODS = twoPeriods();
  private static final ByteBuf SOURCE =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(TWO_PERIODS.length).writeBytes(TWO_PERIODS).asReadOnly());

  private ByteSequence() {}

  /** The bytes at {@code position}, at most 64,000, in a direct buffer that is never freed. */
  public static ByteBuf slice(long position, int length) {
    return SOURCE.slice((int) (position % PERIOD), length);
  }

  /** The same bytes as an array; any length. */
  public static byte[] bytes(long position, int length) {
    byte[] bytes = new byte[length];
    for (int done = 0; done < length; ) {
      int offset = (int) ((position + done) % PERIOD);
      int step = Math.min(length - done, PERIOD - offset);
      System.arraycopy(TWO_PERIODS, offset, bytes, done, step);
      done += step;
    }
    return bytes;
  }

  /** Fails if the readable bytes, which it consumes, are not those at {@code position}. */
  public static void check(long position, ByteBuf read) {
    byte[] actual = new byte[read.readableBytes()];
    read.readBytes(actual);
    int difference = Arrays.mismatch(actual, bytes(position, actual.length));
    if (difference >= 0) {
      throw new AssertionError("wrong byte at position " + (position + difference));
    }
  }

  private static byte[] twoPeriods() {
    byte[] bytes = new byte[2 * PERIOD];
    new Random(1).nextBytes(bytes);
    System.arraycopy(bytes, 0, bytes, PERIOD, PERIOD);
    return bytes;
  }
}
