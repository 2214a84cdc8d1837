package dev.culvert.bench.interop;

import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;

/** Sends the bytes of a stream as fast as it takes them; event loop only. */
final class PatternSender {
  /** The bytes of every stream repeat after this many. */
  static final int PERIOD = 64 * 1024;

  static final byte[] PATTERN = new byte[PERIOD];

  static {
    for (int i = 0; i < PERIOD; i++) {
      PATTERN[i] = (byte) (i * 31 + (i >> 8));
    }
  }

  private final long bytes;
  private final boolean finishes;
  private long sent;
  private boolean isFinished;

  PatternSender(long bytes, boolean finishes) {
    this.bytes = bytes;
    this.finishes = finishes;
  }

  /** Goes on sending; to be called again when the stream has become writable. */
  void send(ChannelHandlerContext ctx) {
    while (sent < bytes && ctx.channel().isWritable()) {
      int count = (int) Math.min(PERIOD, bytes - sent);
      sent += count;
      ctx.write(Unpooled.wrappedBuffer(PATTERN, 0, count));
    }
    ctx.flush();
    if (sent == bytes && finishes && !isFinished) {
      isFinished = true;
      ((StreamChannel) ctx.channel()).shutdownOutput();
    }
  }
}
