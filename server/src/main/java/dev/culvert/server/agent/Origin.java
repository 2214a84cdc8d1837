package dev.culvert.server.agent;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Under what a client's failures are counted: an IPv4 address, or the first 64 bits of an IPv6
 * address, for whoever has one of those has all behind it.
 *
 * @param text for logs: {@code 192.0.2.7} or {@code 2001:db8:0:7::/64}
 */
record Origin(String text) {
  /** Stands for connections without an IP address, which are not told apart and not counted. */
  static final Origin NONE = new Origin("none");

  private static final int NETWORK_BYTES = 8;

  static Origin of(SocketAddress address) {
    if (!(address instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      return NONE;
    }
    InetAddress host = socket.getAddress();
    if (!(host instanceof Inet6Address six)) {
      return new Origin(NetUtil.toAddressString(host));
    }
    byte[] bytes = six.getAddress();
    if (isMapped(bytes)) {
      return new Origin(NetUtil.bytesToIpAddress(Arrays.copyOfRange(bytes, 12, 16)));
    }
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    return new Origin(network(bytes) + "/64");
  }

  boolean isAddress() {
    return !equals(NONE);
  }

  /** Whether it is an IPv4 address in the clothes of IPv6. */
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
