package dev.culvert.server.visitor;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A set of networks, such as {@code 10.0.0.0/8} and {@code 2001:db8::/32}. Immutable. */
public final class Networks {
  public static final Networks NONE = new Networks(List.of());

  private final List<Network> networks;

  private Networks(List<Network> networks) {
    this.networks = networks;
  }

  /**
   * Reads each as {@code ADDRESS/BITS}, or as an address alone.
   *
   * @throws IllegalArgumentException one is no network, or has bits beyond its prefix
   */
  public static Networks of(List<String> texts) {
    return texts.isEmpty() ? NONE : new Networks(texts.stream().map(Network::parse).toList());
  }

  public boolean contains(InetAddress address) {
    if (networks.isEmpty()) {
      return false;
    }
    byte[] bytes = Origin.unmapped(address);
    for (Network network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /** These networks and {@code others}. */
  public Networks and(Networks others) {
    return new Networks(Stream.concat(networks.stream(), others.networks.stream()).toList());
  }

  public boolean isEmpty() {
    return networks.isEmpty();
  }

  @Override
  public String toString() {
    return networks.toString();
  }

  private static final class Network {
    private final String text;
    private final byte[] prefix;
    private final int bits;

    Network(String text, byte[] prefix, int bits) {
      this.text = text;
      this.prefix = prefix;
      this.bits = bits;
    }

    static Network parse(String text) {
      int slash = text.indexOf('/');
      String address = slash < 0 ? text : text.substring(0, slash);
      byte[] prefix =
          address.indexOf('%') < 0 && address.indexOf('[') < 0
              ? NetUtil.createByteArrayFromIpAddressString(address)
              : null;
      String length = slash < 0 ? "" : text.substring(slash + 1);
      if (prefix == null || (slash >= 0 && !length.matches("0|[1-9]\\d{0,2}"))) {
        throw new IllegalArgumentException(
            "network: " + text + " (expected: such as 10.0.0.0/8 or 2001:db8::/32)");
      }
      int all = prefix.length * 8;
      int bits = slash < 0 ? all : Integer.parseInt(length);
      if (bits > all) {
        throw new IllegalArgumentException(
            "network: " + text + " (expected: at most " + all + " bits)");
      }
      Network network = new Network(text, prefix, bits);
      if (!Arrays.equals(prefix, network.masked(prefix))) {
        throw new IllegalArgumentException(
            "network: "
                + text
                + " (expected: no bits of the address beyond the first "
                + bits
                + ")");
      }
      return network;
    }

    private byte[] masked(byte[] address) {
      byte[] masked = address.clone();
      for (int i = 0; i < masked.length; i++) {
        int left = Math.clamp(bits - i * 8L, 0, 8);
        masked[i] &= (byte) (0xff << (8 - left));
      }
      return masked;
    }

    boolean contains(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      int whole = bits / 8;
      int rest = bits % 8;
      return Arrays.equals(address, 0, whole, prefix, 0, whole)
          && (rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
