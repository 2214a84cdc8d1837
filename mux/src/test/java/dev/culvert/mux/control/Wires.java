package dev.culvert.mux.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Messages as they stand on the wire. */
final class Wires {
  private Wires() {}

  /** Reads one message, as {@link ControlCodec} does for each kind. */
  interface Reader<T> {
    @Nullable T read(ByteBuf in) throws MalformedMessageException;
  }

  /** {@code json} behind its length. */
  static ByteBuf framed(String json) {
    return framed(json.getBytes(StandardCharsets.UTF_8));
  }

  static ByteBuf framed(byte[] text) {
    return Unpooled.buffer().writeInt(text.length).writeBytes(text);
  }

  /** What {@code writer} appends. */
  static ByteBuf written(Consumer<ByteBuf> writer) {
    ByteBuf out = Unpooled.buffer();
    writer.accept(out);
    return out;
  }

  /** The message in {@code bytes} that come one by one; fails if it is there before the last. */
  static <T> @Nullable T readByteByByte(ByteBuf bytes, Reader<T> reader)
      throws MalformedMessageException {
    ByteBuf in = Unpooled.buffer();
    while (bytes.readableBytes() > 1) {
      in.writeByte(bytes.readByte());
      if (reader.read(in) != null || in.readerIndex() != 0) {
        throw new AssertionError("read after " + in.writerIndex() + " bytes");
      }
    }
    return reader.read(in.writeByte(bytes.readByte()));
  }
}
