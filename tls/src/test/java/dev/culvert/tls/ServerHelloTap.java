package dev.culvert.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Reads the key exchange group that a TLS 1.3 server chose off the wire. */
final class ServerHelloTap extends ChannelInboundHandlerAdapter {
  static final int X25519 = 0x001d;
  static final int X25519MLKEM768 = 0x11ec;

  private static final int RECORD_AND_HANDSHAKE_HEADER_BYTES = 9;
  private static final int VERSION_AND_RANDOM_BYTES = 34;
  private static final int CIPHER_AND_COMPRESSION_BYTES = 3;
  private static final int KEY_SHARE = 51;

  private final CompletableFuture<Integer> group = new CompletableFuture<>();

  int group() throws Exception {
    return group.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!group.isDone()) {
      ByteBuf in = ((ByteBuf) message).slice();
      in.skipBytes(RECORD_AND_HANDSHAKE_HEADER_BYTES + VERSION_AND_RANDOM_BYTES);
      in.skipBytes(in.readUnsignedByte());
      in.skipBytes(CIPHER_AND_COMPRESSION_BYTES);
      ByteBuf extensions = in.readSlice(in.readUnsignedShort());
      while (extensions.isReadable()) {
        int type = extensions.readUnsignedShort();
        ByteBuf body = extensions.readSlice(extensions.readUnsignedShort());
        if (type == KEY_SHARE) {
          group.complete(body.readUnsignedShort());
        }
      }
    }
    ctx.fireChannelRead(message);
  }
}
