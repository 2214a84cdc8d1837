package dev.culvert.server.visitor;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Binary PROXY headers, byte by byte. */
final class ProxyHeaders {
  static final int LOCAL = 0x20;
  static final int PROXY = 0x21;
  static final int UNSPECIFIED = 0x00;
  static final int TCP4 = 0x11;
  static final int UDP4 = 0x12;
  static final int TCP6 = 0x21;
  static final int UNIX = 0x31;

  private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

  /** From 192.0.2.7:4000 to 198.51.100.1:443. */
  static final byte[] IPV4 = HexFormat.of().parseHex("c0000207c63364010fa001bb");

  /** From 2001:db8::7 port 4000 to 2001:db8::1 port 443. */
  static final byte[] IPV6 =
      HexFormat.of()
          .parseHex("20010db800000000000000000000000720010db80000000000000000000000010fa001bb");

  private ProxyHeaders() {}

  /** A header whose length is right. */
  static byte[] v2(int command, int family, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    return v2OfLength(length, command, family, parts);
  }

  /** A header that says it has {@code length} bytes more. */
  static byte[] v2OfLength(int length, int command, int family, byte[]... parts) {
    ByteBuffer header = ByteBuffer.allocate(70_000).put(SIGNATURE);
    header.put((byte) command).put((byte) family).putShort((short) length);
    for (byte[] part : parts) {
      header.put(part);
    }
    byte[] bytes = new byte[header.flip().remaining()];
    header.get(bytes);
    return bytes;
  }

  /** An additional field. */
  static byte[] field(int type, byte[] value) {
    return ByteBuffer.allocate(3 + value.length)
        .put((byte) type)
        .putShort((short) value.length)
        .put(value)
        .array();
  }

  /** A field that says the visitor came over TLS, with fields of its own. */
  static byte[] tlsField(byte[] inner) {
    return field(
        0x20, ByteBuffer.allocate(5 + inner.length).put((byte) 1).putInt(0).put(inner).array());
  }
}
