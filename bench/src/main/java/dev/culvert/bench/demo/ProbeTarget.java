package dev.culvert.bench.demo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;

/**
 * Where the probes connect, and the name they ask for there.
 *
 * <p>{@code localhost} and every name below it is 127.0.0.1, without asking the system, which on
 * many machines does not know such names.
 *
 * @param authority the value of the Host header
 */
record ProbeTarget(InetSocketAddress address, String authority) {
  private static final int HTTP_PORT = 80;

  /**
   * @param base such as {@code http://calm-otter.localhost:8080/}; its path is not used
   */
  static ProbeTarget of(URI base) {
    String host = base.getHost();
    if (host == null || !"http".equalsIgnoreCase(base.getScheme())) {
      throw new IllegalArgumentException(
          "base: " + base + " (expected: http://host:port/, the address to probe)");
    }
    int port = base.getPort() < 0 ? HTTP_PORT : base.getPort();
    String name = host.toLowerCase(Locale.ROOT);
    boolean local = name.equals("localhost") || name.endsWith(".localhost");
    InetSocketAddress address =
        local
            ? new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port)
            : InetSocketAddress.createUnresolved(host, port);
    return new ProbeTarget(address, base.getPort() < 0 ? host : host + ":" + port);
  }
}
