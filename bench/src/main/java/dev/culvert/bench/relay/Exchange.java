package dev.culvert.bench.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What a visitor asks of the service: it sends a header and so many bytes up, and gets so many
 * back.
 *
 * @param last the service closes the connection afterwards
 */
record Exchange(long upBytes, long downBytes, boolean last) {
  static final int HEADER_BYTES = 17;
  static final int CHUNK_BYTES = 64 * 1024;
  private static final ByteBuf CHUNK =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(CHUNK_BYTES).writeZero(CHUNK_BYTES));

  /** Zeros, {@code bytes} of them or fewer. */
  static ByteBuf zeros(long bytes) {
    return CHUNK.duplicate().writerIndex((int) Math.min(bytes, CHUNK_BYTES));
  }

  void writeHeader(ByteBuf out) {
    out.writeLong(upBytes).writeLong(downBytes).writeBoolean(last);
  }

  static Exchange readHeader(ByteBuf in) {
    return new Exchange(in.readLong(), in.readLong(), in.readBoolean());
  }
}
