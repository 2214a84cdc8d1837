package dev.culvert.mux.control;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one CIDR block, or a single one. An IPv4 address is the same whether it is
 * written as such or as IPv6 ({@code ::ffff:192.0.2.1}). Immutable.
 */
public final class AddressBlock {
  private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
  private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");
  private static final int MAPPED_BYTES = 12;

  private final byte[] network;
  private final int prefixBits;

  private AddressBlock(byte[] network, int prefixBits) {
    this.network = network;
    this.prefixBits = prefixBits;
  }

  /**
   * Reads {@code 192.0.2.0/24}, {@code 2001:db8::/32} or one address; bits behind the prefix do not
   * count.
   *
   * @throws IllegalArgumentException where it is neither
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] bytes =
        ADDRESS.matcher(address).matches()
            ? NetUtil.createByteArrayFromIpAddressString(address)
            : null;
    int prefix = bytes == null ? -1 : prefix(slash < 0 ? null : text.substring(slash + 1), bytes);
    if (bytes == null || prefix < 0) {
      throw new IllegalArgumentException(
          "address block: " + printable(text) + " (expected: one such as 192.0.2.0/24)");
    }
    byte[] network = unmapped(bytes);
    int mappedBits = (bytes.length - network.length) * 8;
    return prefix < mappedBits
        ? new AddressBlock(bytes, prefix) // all of ::ffff:0:0/96 and more around it
        : new AddressBlock(network, prefix - mappedBits);
  }

  private static int prefix(@Nullable String text, byte[] bytes) {
    int bits = bytes.length * 8;
    if (text == null) {
      return bits;
    }
    int prefix = PREFIX.matcher(text).matches() ? Integer.parseInt(text) : -1;
    return prefix <= bits ? prefix : -1;
  }

  public boolean contains(InetAddress address) {
    byte[] bytes = bytes(address);
    if (bytes.length != network.length) {
      return false;
    }
    int whole = prefixBits / 8;
    if (!Arrays.equals(bytes, 0, whole, network, 0, whole)) {
      return false;
    }
    int mask = 0xff00 >> prefixBits % 8 & 0xff;
    return mask == 0 || (bytes[whole] & mask) == (network[whole] & mask);
  }

  /** The bytes of {@code address}: four where it is an IPv4 address, however it is written. */
  public static byte[] bytes(InetAddress address) {
    return unmapped(address.getAddress());
  }

  private static byte[] unmapped(byte[] bytes) {
    if (bytes.length == 4) {
      return bytes;
    }
    for (int i = 0; i < MAPPED_BYTES; i++) {
      if (bytes[i] != (i < 10 ? 0 : (byte) 0xff)) {
        return bytes;
      }
    }
    return Arrays.copyOfRange(bytes, MAPPED_BYTES, bytes.length);
  }

  /** What somebody wrote, short and in plain characters, for a message. */
  static String printable(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() <= 50 ? plain : plain.substring(0, 50) + "...";
  }
}
