package dev.culvert.bench.e2e;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What a server says first: a ServerHello, an alert, or nothing before it closes. */
sealed interface RawAnswer {
  RawAnswer CLOSED = new Closed();

  /** The connection ended. */
  record Closed() implements RawAnswer {}

  /** A fatal alert, by its number in RFC 8446, section 6. */
  record Alert(int number) implements RawAnswer {}

  /** What the server chose; the protocol is empty where it chose none in the clear. */
  record Chosen(
      int version, int suite, int compression, String protocol, boolean hasSecureRenegotiation)
      implements RawAnswer {}

  /** Reads the content of the first record. */
  static RawAnswer read(int type, byte[] content) {
    if (type == 21 && content.length == 2 && content[0] == 2) {
      return new Alert(content[1] & 0xff);
    }
    if (type != 22 || content[0] != 2) {
      throw new IllegalStateException("a record of type " + type + " that is no ServerHello");
    }
    ByteBuffer in = ByteBuffer.wrap(content).position(4);
    int version = in.getShort() & 0xffff;
    in.position(in.position() + 32);
    in.position(in.position() + 1 + (in.get(in.position()) & 0xff)); // session id
    int suite = in.getShort() & 0xffff;
    int compression = in.get();
    Map<Integer, ByteBuffer> extensions = new HashMap<>();
    int length = 4 + (ByteBuffer.wrap(content).getInt() & 0xffffff);
    in.limit(length);
    if (in.hasRemaining()) {
      in.getShort();
    }
    while (in.hasRemaining()) {
      int name = in.getShort() & 0xffff;
      int size = in.getShort() & 0xffff;
      extensions.put(name, in.slice(in.position(), size));
      in.position(in.position() + size);
    }
    ByteBuffer newer = extensions.get(43);
    ByteBuffer alpn = extensions.get(16);
    return new Chosen(
        newer == null ? version : newer.getShort() & 0xffff,
        suite,
        compression,
        alpn == null ? "" : StandardCharsets.US_ASCII.decode(alpn.position(3)).toString(),
        extensions.containsKey(0xff01));
  }
}
