package dev.culvert.server.visitor;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * An address as proxies write it: {@code 192.0.2.7}, {@code 192.0.2.7:4711}, {@code 2001:db8::7},
 * {@code [2001:db8::7]} or {@code [2001:db8::7]:4711} (RFC 7239, section 6, and habit).
 */
final class NodeAddress {
  /** The longest IPv6 address there is in brackets, and a port. */
  private static final int MAX_CHARS = 45 + 2 + 6;

  private NodeAddress() {}

  /** Null for what is none: {@code unknown}, a made-up name, a zone, nonsense. */
  static @Nullable InetAddress parse(String text) {
    if (text.length() > MAX_CHARS || text.indexOf('%') >= 0) {
      return null;
    }
    int bracket = text.startsWith("[") ? text.indexOf(']') : -1;
    int colon = text.indexOf(':', Math.max(bracket, 0));
    String address = text;
    String port = "";
    if (bracket >= 0) {
      address = text.substring(1, bracket);
      port = text.substring(bracket + 1);
      if (address.indexOf(':') < 0) {
        return null; // IPv4 has no brackets
      }
    } else if (colon >= 0 && text.indexOf(':', colon + 1) < 0) {
      address = text.substring(0, colon);
      port = text.substring(colon);
    }
    if (!port.isEmpty() && !port.matches(":\\d{1,5}")) {
      return null;
    }
    byte @Nullable [] bytes =
        address.startsWith("[") ? null : NetUtil.createByteArrayFromIpAddressString(address);
    return bytes == null ? null : of(bytes);
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes); // IPv4 also where mapped
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for another length
    }
  }
}
