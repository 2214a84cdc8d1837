package dev.culvert.server.visitor;

/**
 * How a server finds out who its visitors are, and how much of it each may have.
 *
 * @param proxies whose word about visitors is taken, in headers
 * @param balancers who tells of visitors by a PROXY header ahead of each connection
 * @param maxConnections of one address at a time
 * @param patience with them, and on their behalf
 */
public record VisitorSettings(
    TrustedProxies proxies, Networks balancers, int maxConnections, Patience patience) {
  public static final VisitorSettings STANDARD =
      new VisitorSettings(TrustedProxies.NONE, Networks.NONE, Doorway.STANDARD_SHARE);

  /** With the usual patience. */
  public VisitorSettings(TrustedProxies proxies, Networks balancers, int maxConnections) {
    this(proxies, balancers, maxConnections, Patience.STANDARD);
  }

  public VisitorSettings {
    if (maxConnections < 1) {
      throw new IllegalArgumentException(
          "connections per visitor: " + maxConnections + " (expected: from 1 on)");
    }
  }

  /** The way into a server with these settings. */
  public Doorway doorway() {
    return new Doorway(balancers, proxies.networks(), maxConnections);
  }
}
