package dev.culvert.client.cli;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;

/**
 * Where the server is, as people write it: {@code HOST}, {@code HOST:PORT} or {@code [IPv6]:PORT}.
 *
 * @param host a name or address without brackets
 */
record ServerAddress(String host, int port) {
  private static final int STANDARD_PORT = 7000;

  static ServerAddress parse(String text) throws UsageException {
    if (isIpV6(text)) {
      return new ServerAddress(text, STANDARD_PORT);
    }
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon > text.lastIndexOf(']');
    String host = hasPort ? text.substring(0, colon) : text;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (!isIpV6(host)) {
        throw invalid(text);
      }
    } else if (!host.matches("[\\p{L}\\p{N}._-]{1,253}")) {
      throw invalid(text);
    }
    return new ServerAddress(host, hasPort ? port(text, text.substring(colon + 1)) : STANDARD_PORT);
  }

  /**
   * Whether it names this machine: an address of loopback, {@code localhost} or a name below it.
   */
  boolean isLoopback() {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.equals("localhost") || name.endsWith(".localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name
    }
  }

  private static boolean isIpV6(String text) {
    int zone = text.indexOf('%');
    try {
      Inet6Address.ofLiteral(zone == -1 ? text : text.substring(0, zone));
      return !text.startsWith("[");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static int port(String server, String text) throws UsageException {
    if (text.matches("\\d{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    }
    throw new UsageException(
        "the server \"" + server + "\" has no valid port", "Write HOST:PORT, the port 1 to 65535.");
  }

  private static UsageException invalid(String server) {
    return new UsageException(
        "the server \"" + server + "\" is no host name or address",
        "Write HOST:PORT, such as tunnel.example.com:7000 or [::1]:7000.");
  }
}
