package dev.culvert.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client's first TLS message asks for, before anything is proven.
 *
 * @param serverName the name it wants to reach, in lower case; null if it names none
 * @param applicationProtocols the ALPN names it offers, its favourite first
 */
public record ClientHello(@Nullable String serverName, List<String> applicationProtocols) {
  private static final int VERSION_AND_RANDOM_BYTES = 34;
  private static final int SERVER_NAME = 0;
  private static final int ALPN = 16;

  static final ClientHello UNREADABLE = new ClientHello(null, List.of());

  public ClientHello {
    applicationProtocols = List.copyOf(applicationProtocols);
  }

  /** Whether the client wants a tunnel and nothing else. */
  public boolean offersOnlyTunnel() {
    return applicationProtocols.equals(List.of(TunnelProtocol.ALPN));
  }

  /**
   * Reads the message without its handshake header (RFC 8446, section 4.1.2). Borrows the buffer. A
   * malformed message reads as {@link #UNREADABLE}: TLS itself will refuse it.
   */
  static ClientHello parse(ByteBuf message) {
    try {
      ByteBuf in = message.slice();
      in.skipBytes(VERSION_AND_RANDOM_BYTES);
      in.skipBytes(in.readUnsignedByte()); // session id
      in.skipBytes(in.readUnsignedShort()); // cipher suites
      in.skipBytes(in.readUnsignedByte()); // compression methods
      return in.isReadable() ? parseExtensions(in.readSlice(in.readUnsignedShort())) : UNREADABLE;
    } catch (IndexOutOfBoundsException e) {
      return UNREADABLE;
    }
  }

  private static ClientHello parseExtensions(ByteBuf in) {
    String serverName = null;
    List<String> protocols = List.of();
    while (in.isReadable()) {
      int type = in.readUnsignedShort();
      ByteBuf body = in.readSlice(in.readUnsignedShort());
      switch (type) {
        case SERVER_NAME -> serverName = parseServerName(body);
        case ALPN -> protocols = parseProtocols(body);
        default -> {}
      }
    }
    return new ClientHello(serverName, protocols);
  }

  /** RFC 6066, section 3: a list in which host names have type 0 and no other type is defined. */
  private static @Nullable String parseServerName(ByteBuf in) {
    ByteBuf names = in.readSlice(in.readUnsignedShort());
    return names.readUnsignedByte() == 0
        ? text(names, names.readUnsignedShort()).toLowerCase(Locale.ROOT)
        : null;
  }

  /** RFC 7301, section 3.1. */
  private static List<String> parseProtocols(ByteBuf in) {
    ByteBuf names = in.readSlice(in.readUnsignedShort());
    List<String> protocols = new ArrayList<>();
    while (names.isReadable()) {
      protocols.add(text(names, names.readUnsignedByte()));
    }
    return protocols;
  }

  private static String text(ByteBuf in, int lengthBytes) {
    return in.readSlice(lengthBytes).toString(StandardCharsets.ISO_8859_1);
  }
}
