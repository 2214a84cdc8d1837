package dev.culvert.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a server chose in its first TLS 1.3 message (RFC 8446, section 4.1.3).
 *
 * @param group the key exchange by name, or by number where we know none; null where there is no
 *     such choice
 * @param isResumption whether it took the client's ticket
 */
record ServerHello(@Nullable String group, boolean isResumption) {
  /** Bytes that tell nothing. */
  static final ServerHello UNREADABLE = new ServerHello(null, false);

  private static final int HANDSHAKE_RECORD = 22;
  private static final int CHANGE_CIPHER_SPEC_RECORD = 20;
  private static final int RECORD_HEADER_BYTES = 5;
  private static final int SERVER_HELLO = 2;
  private static final int MESSAGE_HEADER_BYTES = 4;
  private static final int VERSION_BYTES = 2;
  private static final int RANDOM_BYTES = 32;
  private static final int CIPHER_AND_COMPRESSION_BYTES = 3;
  private static final int PRE_SHARED_KEY = 41;
  private static final int KEY_SHARE = 51;

  /** The random that makes a ServerHello a HelloRetryRequest: another one will follow. */
  private static final ByteBuf RETRY =
      Unpooled.unreleasableBuffer(
              Unpooled.wrappedBuffer(
                  ByteBufUtil.decodeHexDump(
                      "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")))
          .asReadOnly();

  /**
   * Reads it from the bytes that a server sends, from the first one; null while they do not have
   * it, or all of it. Borrows the buffer.
   */
  static @Nullable ServerHello parse(ByteBuf sent) {
    ByteBuf messages = Unpooled.buffer();
    boolean isOver = false;
    ByteBuf in = sent.slice();
    while (!isOver && in.readableBytes() >= RECORD_HEADER_BYTES) {
      int type = in.readUnsignedByte();
      in.skipBytes(VERSION_BYTES);
      int length = in.readUnsignedShort();
      isOver = type != HANDSHAKE_RECORD && type != CHANGE_CIPHER_SPEC_RECORD;
      if (in.readableBytes() < length) {
        break;
      }
      ByteBuf record = in.readSlice(length);
      if (type == HANDSHAKE_RECORD) {
        messages.writeBytes(record);
      }
    }
    ServerHello found = first(messages);
    return found == null && isOver ? UNREADABLE : found;
  }

  /** The first that is no HelloRetryRequest. */
  private static @Nullable ServerHello first(ByteBuf messages) {
    while (messages.readableBytes() >= MESSAGE_HEADER_BYTES) {
      if (messages.readUnsignedByte() != SERVER_HELLO) {
        return UNREADABLE;
      }
      int length = messages.readUnsignedMedium();
      if (messages.readableBytes() < length) {
        return null;
      }
      ByteBuf message = messages.readSlice(length);
      try {
        message.skipBytes(VERSION_BYTES);
        if (!message.readSlice(RANDOM_BYTES).equals(RETRY)) {
          return choices(message);
        }
      } catch (IndexOutOfBoundsException e) {
        return UNREADABLE;
      }
    }
    return null;
  }

  private static ServerHello choices(ByteBuf in) {
    in.skipBytes(in.readUnsignedByte()); // session id
    in.skipBytes(CIPHER_AND_COMPRESSION_BYTES);
    ByteBuf extensions = in.readSlice(in.isReadable() ? in.readUnsignedShort() : 0);
    String group = null;
    boolean isResumption = false;
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf body = extensions.readSlice(extensions.readUnsignedShort());
      if (type == KEY_SHARE) {
        group = name(body.readUnsignedShort());
      }
      isResumption |= type == PRE_SHARED_KEY;
    }
    return new ServerHello(group, isResumption);
  }

  /** The names that BoringSSL has. */
  private static String name(int group) {
    return switch (group) {
      case 0x0017 -> "P-256";
      case 0x0018 -> "P-384";
      case 0x0019 -> "P-521";
      case 0x001d -> "X25519";
      case 0x001e -> "X448";
      case 0x11ec -> "X25519MLKEM768";
      default -> String.format(Locale.ROOT, "0x%04x", group);
    };
  }
}
