package dev.culvert.mux.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that have come for a stream and wait to be read. Event loop only.
 *
 * <p>A part of a frame is a slice of the connection's read buffer and keeps all of it from being
 * used again, so parts that are small, or small beside that buffer, are copied, and those that wait
 * are gathered: what is held stays within a few times what was received, however a peer cuts it.
 */
final class UnreadQueue {
  private static final int SMALL_BYTES = 4096;

  /** How much larger than the part its buffer may be: four records of TLS, each a frame, may. */
  private static final int MAX_RATIO = 5;

  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(4);
  private @Nullable ByteBuf gathering; // the last part, where it has room for more

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Reads the next {@code bytes} of {@code in}, which is borrowed. */
  void add(ByteBuf in, int bytes, ByteBufAllocator allocator) {
    if (bytes >= SMALL_BYTES && bytes >= bufferBytes(in) / MAX_RATIO) {
      parts.add(in.readRetainedSlice(bytes));
      gathering = null;
      return;
    }
    if (gathering == null || gathering.writableBytes() < bytes) {
      gathering = allocator.ioBuffer(parts.isEmpty() ? bytes : Math.max(bytes, SMALL_BYTES));
      parts.add(gathering);
    }
    gathering.writeBytes(in, bytes);
  }

  private static int bufferBytes(ByteBuf in) {
    ByteBuf buffer = in;
    ByteBuf outer;
    while ((outer = buffer.unwrap()) != null) {
      buffer = outer;
    }
    return buffer.capacity();
  }

  /** Hands over the oldest part; there must be one. */
  ByteBuf remove() {
    ByteBuf part = parts.remove();
    if (parts.isEmpty()) {
      gathering = null;
    }
    return part;
  }

  void clear() {
    gathering = null;
    ByteBuf part;
    while ((part = parts.poll()) != null) {
      part.release();
    }
  }
}
