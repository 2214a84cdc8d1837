package dev.culvert.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Frames in and out of one session, as hex, where a test plays the peer by hand. */
final class Frames {
  static final String OPEN_1 = "000100010000000100000000";
  static final String ACCEPT_1 = "000100020000000100000000";
  static final String FINISH_1 = "000100040000000100000000";
  static final String RESET_1 = "000100080000000100000000";
  static final String GO_AWAY = "000300000000000000000000";

  private Frames() {}

  static String header(int type, int flags, long streamId, long length) {
    return String.format("00%02x%04x%08x%08x", type, flags, streamId, length);
  }

  /** A Data frame that carries what an {@link App} sends from {@code position} on. */
  static String data(int flags, long streamId, int position, int length) {
    ByteBuf payload = Unpooled.buffer();
    App source = new App();
    source.toSend = position + (long) length;
    source.pollData(payload, position + length);
    payload.skipBytes(position);
    return header(Frame.DATA, flags, streamId, length) + ByteBufUtil.hexDump(payload);
  }

  static void receive(Peer peer, String... frames) {
    byte[] bytes = ByteBufUtil.decodeHexDump(String.join("", frames));
    peer.session.receive(Unpooled.wrappedBuffer(bytes), 0);
  }

  /** All that the session has to say, a frame an entry, payload left out. */
  static List<String> poll(Peer peer) {
    ByteBuf out = Unpooled.buffer();
    while (peer.session.hasOutput() && peer.session.pollOutput(out, 64 * 1024, 0) > 0) {}
    List<String> frames = new ArrayList<>();
    while (out.isReadable()) {
      boolean isData = out.getByte(out.readerIndex() + 1) == Frame.DATA;
      frames.add(ByteBufUtil.hexDump(out.readSlice(Frame.HEADER_BYTES)));
      if (isData) {
        out.skipBytes(out.getInt(out.readerIndex() - 4));
      }
    }
    return frames;
  }
}
