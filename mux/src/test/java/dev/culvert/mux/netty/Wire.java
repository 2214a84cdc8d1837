package dev.culvert.mux.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Frames as a peer would send them that does not keep to what our own encoder sends. */
final class Wire {
  private Wire() {}

  /** {@code frames} Data frames, a byte of the {@link ByteSequence} each, from position 0. */
  static ByteBuf dataByteByByte(long streamId, int frames) {
    byte[] bytes = ByteSequence.bytes(0, frames);
    ByteBuf out = Unpooled.directBuffer(13 * frames);
    for (byte octet : bytes) {
      out.writeLong(streamId).writeInt(1).writeByte(octet);
    }
    return out;
  }

  static ByteBuf finish(long streamId) {
    return Unpooled.directBuffer(12).writeLong(0x0001_0004_0000_0000L | streamId).writeInt(0);
  }

  static ByteBuf goAway(int code) {
    return Unpooled.directBuffer(12).writeLong(0x0003_0000_0000_0000L).writeInt(code);
  }

  static ByteBuf garbage() {
    return Unpooled.directBuffer(18).writeBytes("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
  }
}
