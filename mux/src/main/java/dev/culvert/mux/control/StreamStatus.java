package dev.culvert.mux.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The client's first bytes on each stream: whether the local service has taken the connection.
 *
 * <pre>
 * code u8 | length u16 of the text | text, UTF-8
 * </pre>
 *
 * @param text for people: the target and the reason; empty when connected
 */
public record StreamStatus(Code code, String text) {
  /** The outcome; the constants' order is the wire value. */
  public enum Code {
    CONNECTED,
    /** The service's address answers and nobody listens. */
    REFUSED,
    /** No answer in time. */
    TIMED_OUT,
    /** No such host, no route, or a failed TLS handshake. */
    UNREACHABLE,
    /** The stream is for a tunnel this client does not have. */
    UNKNOWN_TUNNEL
  }

  public static final StreamStatus CONNECTED = new StreamStatus(Code.CONNECTED, "");

  private static final Code[] CODES = Code.values();
  private static final int MAX_TEXT_BYTES = 1024;
  private static final int HEADER_BYTES = 3;

  public boolean isConnected() {
    return code == Code.CONNECTED;
  }

  /** Appends the status to {@code out}, which is borrowed; a long text is cut. */
  @SuppressWarnings("EnumOrdinal") // the order is the wire value, as documented
  public void write(ByteBuf out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    if (length > MAX_TEXT_BYTES) {
      length = MAX_TEXT_BYTES;
      while ((bytes[length] & 0xC0) == 0x80) {
        length--; // a character goes whole or not at all
      }
    }
    out.writeByte(code.ordinal()).writeShort(length).writeBytes(bytes, 0, length);
  }

  /** Reads a status from {@code in}, which is borrowed; null while it is not all there. */
  public static @Nullable StreamStatus read(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() < HEADER_BYTES) {
      return null;
    }
    int code = in.getUnsignedByte(in.readerIndex());
    int length = in.getUnsignedShort(in.readerIndex() + 1);
    if (code >= CODES.length || length > MAX_TEXT_BYTES) {
      throw new MalformedMessageException(
          "a stream status of code " + code + " and " + length + " bytes");
    }
    if (in.readableBytes() < HEADER_BYTES + length) {
      return null;
    }
    byte[] text = ByteBufUtil.getBytes(in.skipBytes(HEADER_BYTES).readSlice(length));
    return new StreamStatus(CODES[code], new String(text, StandardCharsets.UTF_8));
  }
}
