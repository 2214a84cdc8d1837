package dev.culvert.server.route;

import dev.culvert.mux.control.RuleKind;
import dev.culvert.mux.control.TunnelKind;
import java.util.List;
import java.util.Set;

/**
 * What the bearer of a token may have: which tunnels, and how much of them. Immutable.
 *
 * @param kinds what tunnels may carry
 * @param names first labels of host names below the server's domain
 * @param domains whole host names elsewhere
 * @param provenDomains whether any other host name too that its DNS shows to be the bearer's
 * @param ports public ports, of those that the server has for tunnels
 * @param maxTunnels open at a time, of all clients with the token
 * @param maxStreams open at a time: visitors' connections, and connections to web apps
 * @param maxStreamsPerSecond new streams in a second
 * @param rules which kinds of rules their visitors may be held to; none of them widens a limit here
 */
public record Permissions(
    Set<TunnelKind> kinds,
    List<NamePattern> names,
    List<NamePattern> domains,
    boolean provenDomains,
    List<PortRange> ports,
    int maxTunnels,
    int maxStreams,
    int maxStreamsPerSecond,
    Set<RuleKind> rules) {
  /** For a limit that is none. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Every name and port of the server's own, what else is proven, and no limits. */
  public static final Permissions STANDARD =
      new Permissions(
          Set.of(TunnelKind.values()),
          List.of(new NamePattern("*")),
          List.of(),
          true,
          List.of(new PortRange(1, 65535)),
          UNLIMITED,
          UNLIMITED,
          UNLIMITED);

  private static final int MAX_ENTRIES = 100;

  /** {@link IllegalArgumentException} where a limit is less than one, or a list too long. */
  public Permissions {
    kinds = Set.copyOf(kinds);
    names = limited("names", names);
    domains = limited("domains", domains);
    ports = limited("ports", ports);
    for (NamePattern name : names) {
      require(name.isLabel(), name + ": expected the first label of a host name, such as shop-*");
    }
    for (NamePattern domain : domains) {
      require(!domain.isLabel(), domain + ": expected a host name, such as www.example.com");
    }
    requirePositive("tunnels", maxTunnels);
    requirePositive("streams", maxStreams);
    requirePositive("streams in a second", maxStreamsPerSecond);
    rules = Set.copyOf(rules);
  }

  /** With all kinds of rules. */
  public Permissions(
      Set<TunnelKind> kinds,
      List<NamePattern> names,
      List<NamePattern> domains,
      boolean provenDomains,
      List<PortRange> ports,
      int maxTunnels,
      int maxStreams,
      int maxStreamsPerSecond) {
    this(
        kinds,
        names,
        domains,
        provenDomains,
        ports,
        maxTunnels,
        maxStreams,
        maxStreamsPerSecond,
        Set.of(RuleKind.values()));
  }

  private static <T> List<T> limited(String what, List<T> entries) {
    if (entries.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          what + ": " + entries.size() + " (expected: at most " + MAX_ENTRIES + ")");
    }
    return List.copyOf(entries);
  }

  private static void requirePositive(String what, int limit) {
    require(limit > 0, "limit of " + what + ": " + limit + " (expected: > 0)");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Whether web apps may have {@code label}, in lower case, below the server's domain. */
  public boolean allowName(String label) {
    return kinds.contains(TunnelKind.HTTP)
        && names.stream().anyMatch(pattern -> pattern.matches(label));
  }

  /**
   * Whether web apps may have {@code host}, in lower case, which is not directly below that domain.
   * All hosts below one, {@code *.} and that, are had by who is allowed just these, whatever else.
   */
  public boolean allowDomain(String host, boolean isProven) {
    if (!kinds.contains(TunnelKind.HTTP)) {
      return false;
    }
    return host.startsWith(Names.WILDCARD)
        ? domains.stream().anyMatch(pattern -> pattern.text().equals(host))
        : (isProven && provenDomains)
            || domains.stream().anyMatch(pattern -> pattern.matches(host));
  }

  /** Whether {@code route} may be there; {@code isProven} is for a host name elsewhere. */
  public boolean allow(Route route, boolean isProven) {
    return rules.containsAll(route.gate().kinds())
        && switch (route.kind()) {
          case HTTP ->
              route.isBelowDomain() ? allowName(route.name()) : allowDomain(route.name(), isProven);
          case TCP -> allowPort(route.port());
        };
  }

  public boolean allowPort(int port) {
    return kinds.contains(TunnelKind.TCP) && ports.stream().anyMatch(range -> range.contains(port));
  }

  /** Whether nothing is allowed by {@code other} that is not allowed by this. */
  public boolean covers(Permissions other) {
    return kinds.containsAll(other.kinds)
        && covers(names, other.names)
        && covers(domains, other.domains)
        && (provenDomains || !other.provenDomains)
        && other.ports.stream()
            .allMatch(range ->
                ports.stream()
                    .anyMatch(own -> own.first() <= range.first() && range.last() <= own.last()))
        && maxTunnels >= other.maxTunnels
        && maxStreams >= other.maxStreams
        && maxStreamsPerSecond >= other.maxStreamsPerSecond
        && rules.containsAll(other.rules);
  }

  private static boolean covers(List<NamePattern> patterns, List<NamePattern> others) {
    return others.stream()
        .allMatch(other -> patterns.stream().anyMatch(pattern -> pattern.covers(other)));
  }
}
