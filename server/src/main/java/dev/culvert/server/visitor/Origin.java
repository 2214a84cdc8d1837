package dev.culvert.server.visitor;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Under what connections and failures are counted: an IPv4 address, or the first 64 bits of an IPv6
 * address, for whoever has one of those has all behind it.
 *
 * @param text for logs: {@code 192.0.2.7} or {@code 2001:db8:0:7::/64}
 */
public record Origin(String text) {
  /** Stands for connections without an IP address, which are not told apart and not counted. */
  public static final Origin NONE = new Origin("none");

  private static final int NETWORK_BYTES = 8;

  public static Origin of(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      return NONE;
    }
    byte[] bytes = unmapped(socket.getAddress());
    if (bytes.length == 4) {
      return new Origin(NetUtil.bytesToIpAddress(bytes));
    }
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    return new Origin(network(bytes) + "/64");
  }

  public boolean isAddress() {
    return !equals(NONE);
  }

  /** The bytes of an address; those of IPv4 where it is one in the clothes of IPv6. */
  static byte[] unmapped(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 16 && isMapped(bytes) ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
  }

  private static boolean isMapped(byte[] bytes) {
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[10] == -1 && bytes[11] == -1;
  }

  private static String network(byte[] bytes) {
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for another length
    }
  }
}
