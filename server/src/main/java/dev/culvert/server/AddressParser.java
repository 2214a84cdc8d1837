package dev.culvert.server;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads addresses to listen on: {@code :8080} or {@code 127.0.0.1:8080} or {@code [::1]:8080}. */
final class AddressParser {
  private static final Pattern ADDRESS =
      Pattern.compile("((?<host>[^:\\[\\]]*|\\[[^\\[\\]]+]):)?(?<port>\\d{1,5})");

  /** What is no literal address; {@code 80} alone would be taken for 0.0.0.80. */
  private static final Pattern NAME =
      Pattern.compile("(?=.*[A-Za-z])[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})");

  private AddressParser() {}

  /** Reads {@code text}; without a host it is {@code standard}. */
  static InetSocketAddress parse(String option, String text, InetAddress standard)
      throws UsageException {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > 65535) {
      throw unreadable(option, text);
    }
    int port = Integer.parseInt(matcher.group("port"));
    String host = matcher.group("host");
    if (host == null || host.isEmpty()) {
      return new InetSocketAddress(standard, port);
    }
    boolean bracketed = host.startsWith("[");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    if (bracketed
        ? !NetUtil.isValidIpV6Address(bare)
        : !NetUtil.isValidIpV4Address(bare) && !NAME.matcher(bare).matches()) {
      throw unreadable(option, text);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(bare), port);
    } catch (UnknownHostException e) {
      throw new UsageException(
          option + " " + text + ": the host " + bare + " is not known",
          "Name an address of this machine, or leave the host out.");
    }
  }

  private static UsageException unreadable(String option, String text) {
    return new UsageException(
        option + " " + text + ": that is no address to listen on",
        "Write it as :8080, 127.0.0.1:8080 or [::1]:8080.");
  }
}
