package dev.culvert.mux;

import io.netty.buffer.ByteBuf;

/** Writes frame headers (yamux spec, Framing). Each frame carries at most one flag. */
final class FrameEncoder {
  private FrameEncoder() {}

  static void writeWindowUpdate(ByteBuf out, int flag, long streamId, long creditBytes) {
    writeHeader(out, Frame.WINDOW_UPDATE, flag, streamId, creditBytes);
  }

  static void writePing(ByteBuf out, int flag, long value) {
    writeHeader(out, Frame.PING, flag, 0, value);
  }

  static void writeGoAway(ByteBuf out, ErrorCode code) {
    writeHeader(out, Frame.GO_AWAY, 0, 0, code.wireValue());
  }

  /** Leaves room for a Data header at the writer index, to be filled by {@link #fillDataHeader}. */
  static void reserveDataHeader(ByteBuf out) {
    out.writerIndex(out.writerIndex() + Frame.HEADER_BYTES);
  }

  static void fillDataHeader(ByteBuf out, int headerIndex, long streamId, int payloadBytes) {
    out.setLong(headerIndex, (long) Frame.DATA << 48 | streamId);
    out.setInt(headerIndex + 8, payloadBytes);
  }

  private static void writeHeader(ByteBuf out, int type, int flag, long streamId, long length) {
    out.writeLong((long) type << 48 | (long) flag << 32 | streamId);
    out.writeInt((int) length);
  }
}
