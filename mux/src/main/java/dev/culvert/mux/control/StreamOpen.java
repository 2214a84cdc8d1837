package dev.culvert.mux.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * The preamble of each stream the server opens: which tunnel it is for and who comes.
 *
 * <pre>
 * version u8 = 1 | kind u8 | length u16 of what follows | tunnel u32 | visitor | public
 * address: family u8 (0 none, 4, 6) | 0, 4 or 16 bytes | port u16 (absent for none)
 * </pre>
 *
 * <p>What follows the fields known here, within the length, is skipped. Facts of one HTTP request
 * never travel in it: they are headers of the request.
 *
 * @param visitor the address that connected; null for HTTP, whose streams serve many visitors
 * @param publicAddress the address it connected to; null likewise
 */
public record StreamOpen(
    TunnelKind kind,
    int tunnel,
    @Nullable InetSocketAddress visitor,
    @Nullable InetSocketAddress publicAddress) {

  private static final int VERSION = 1;
  private static final int MAX_BYTES = 512;
  private static final int HEADER_BYTES = 4;

  /** Appends the preamble to {@code out}, which is borrowed. */
  public void write(ByteBuf out) {
    out.writeByte(VERSION).writeByte(kind == TunnelKind.HTTP ? 0 : 1);
    int lengthIndex = out.writerIndex();
    out.writeShort(0).writeInt(tunnel);
    writeAddress(out, visitor);
    writeAddress(out, publicAddress);
    out.setShort(lengthIndex, out.writerIndex() - lengthIndex - 2);
  }

  /** Reads a preamble from {@code in}, which is borrowed; null while it is not all there. */
  public static @Nullable StreamOpen read(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() < HEADER_BYTES) {
      return null;
    }
    int start = in.readerIndex();
    int version = in.getUnsignedByte(start);
    int kind = in.getUnsignedByte(start + 1);
    int length = in.getUnsignedShort(start + 2);
    if (version != VERSION || kind > 1 || length < 6 || length > MAX_BYTES - HEADER_BYTES) {
      throw new MalformedMessageException(
          "a stream preamble of version " + version + ", kind " + kind + ", " + length + " bytes");
    }
    if (in.readableBytes() < HEADER_BYTES + length) {
      return null;
    }
    ByteBuf fields = in.skipBytes(HEADER_BYTES).readSlice(length);
    try {
      return new StreamOpen(
          kind == 0 ? TunnelKind.HTTP : TunnelKind.TCP,
          fields.readInt(),
          readAddress(fields),
          readAddress(fields));
    } catch (IndexOutOfBoundsException e) {
      throw new MalformedMessageException("a stream preamble that ends within a field");
    }
  }

  private static void writeAddress(ByteBuf out, @Nullable InetSocketAddress address) {
    if (address == null) {
      out.writeByte(0);
      return;
    }
    byte[] bytes = address.getAddress().getAddress();
    out.writeByte(bytes.length == 4 ? 4 : 6).writeBytes(bytes).writeShort(address.getPort());
  }

  private static @Nullable InetSocketAddress readAddress(ByteBuf in)
      throws MalformedMessageException {
    int family = in.readUnsignedByte();
    int bytes =
        switch (family) {
          case 0 -> 0;
          case 4 -> 4;
          case 6 -> 16;
          default -> throw new MalformedMessageException("an address of family " + family);
        };
    if (bytes == 0) {
      return null;
    }
    try {
      InetAddress address = InetAddress.getByAddress(ByteBufUtil.getBytes(in.readSlice(bytes)));
      return new InetSocketAddress(address, in.readUnsignedShort());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for a wrong number of bytes
    }
  }
}
