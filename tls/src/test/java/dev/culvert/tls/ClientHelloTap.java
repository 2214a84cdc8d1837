package dev.culvert.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Tells the extensions of a client's first message, each as hex by its number. */
final class ClientHelloTap extends ChannelInboundHandlerAdapter {
  static final int PRE_SHARED_KEY = 41;
  static final int EARLY_DATA = 42;

  private static final int RECORD_HEADER_BYTES = 5;
  private static final int MESSAGE_HEADER_VERSION_AND_RANDOM_BYTES = 38;

  private final ByteBuf first = Unpooled.buffer();
  private final Consumer<Map<Integer, String>> extensions;
  private boolean isOver;

  ClientHelloTap(Consumer<Map<Integer, String>> extensions) {
    this.extensions = extensions;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!isOver) {
      first.writeBytes(((ByteBuf) message).slice());
      if (first.readableBytes() > RECORD_HEADER_BYTES
          && first.readableBytes() >= RECORD_HEADER_BYTES + first.getUnsignedShort(3)) {
        isOver = true;
        extensions.accept(read(first.skipBytes(RECORD_HEADER_BYTES)));
      }
    }
    ctx.fireChannelRead(message);
  }

  private static Map<Integer, String> read(ByteBuf in) {
    in.skipBytes(MESSAGE_HEADER_VERSION_AND_RANDOM_BYTES);
    in.skipBytes(in.readUnsignedByte());
    in.skipBytes(in.readUnsignedShort());
    in.skipBytes(in.readUnsignedByte());
    ByteBuf all = in.readSlice(in.readUnsignedShort());
    Map<Integer, String> read = new TreeMap<>();
    while (all.isReadable()) {
      int type = all.readUnsignedShort();
      read.put(type, ByteBufUtil.hexDump(all.readSlice(all.readUnsignedShort())));
    }
    return read;
  }
}
