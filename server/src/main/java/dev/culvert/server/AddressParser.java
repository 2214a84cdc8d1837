package dev.culvert.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Reads addresses to listen on: {@code :8080} or {@code 127.0.0.1:8080} or {@code [::1]:8080}. */
final class AddressParser {
  private AddressParser() {}

  /** Reads {@code text}; without a host it is {@code standard}. */
  static InetSocketAddress parse(String option, String text, InetAddress standard)
      throws Main.UsageException {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = colon <= 0 ? "" : text.substring(0, colon);
      if (port >= 0 && port <= 65535) {
        return new InetSocketAddress(host.isEmpty() ? standard : address(host), port);
      }
    } catch (NumberFormatException | UnknownHostException e) {
      // told below, with the whole text
    }
    throw new Main.UsageException(
        option + " " + text + ": expected an address such as :8080 or 127.0.0.1:8080");
  }

  private static InetAddress address(String host) throws UnknownHostException {
    return InetAddress.getByName(
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
  }
}
