package dev.culvert.server.route;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The routes for HTTP by host. Any thread for look-ups, which take no lock; {@link RouteTable}
 * makes changes one at a time.
 *
 * <p>A host is found by its own name, else by the longest wildcard above it, which stands for one
 * or more labels. A wildcard does not stand for a host that belongs to clients of another token,
 * whether they are there or away, and one from elsewhere never for the server's domain and what is
 * below that.
 */
final class HostTable {
  private final Domain domain;
  private final Leases leases;
  private final ConcurrentMap<String, HostRoutes> byName = new ConcurrentHashMap<>();
  private final AtomicInteger wildcards = new AtomicInteger();

  HostTable(Domain domain, Leases leases) {
    this.domain = domain;
    this.leases = leases;
  }

  /** The routes of {@code name}, as it is kept, have {@code pool} too. */
  void add(String name, String prefix, RoutePool pool, String token) {
    HostRoutes former = byName.get(name);
    byName.put(name, (former == null ? HostRoutes.of(token) : former).with(prefix, pool));
    if (former == null && name.startsWith(Names.WILDCARD)) {
      wildcards.incrementAndGet();
    }
  }

  void remove(String name, String prefix) {
    HostRoutes left = byName.computeIfPresent(name, (_, routes) -> routes.without(prefix));
    if (left == null && name.startsWith(Names.WILDCARD)) {
      wildcards.decrementAndGet();
    }
  }

  /** Whether {@code host}, in lower case, has a route by its own name. */
  boolean has(String host) {
    String name = name(host);
    return name != null && byName.containsKey(name);
  }

  /** The routes of a host in lower case, or null. */
  @Nullable HostRoutes find(String host) {
    String name = name(host);
    if (name == null) {
      return null;
    }
    HostRoutes routes = byName.get(name);
    return routes == null && wildcards.get() > 0 ? wildcard(host, name) : routes;
  }

  /** As it is kept, where it can be. */
  private @Nullable String name(String host) {
    boolean mayBe =
        host.indexOf('.') > 0 && !host.startsWith(Names.WILDCARD) && !host.equals(domain.name());
    return mayBe ? domain.toKept(host) : null;
  }

  /** Whether a host in lower case, or a wildcard above it, is somebody's, there or away. */
  boolean isHeld(String host) {
    String name = name(host);
    return name != null
        && (leases.ownerOf(name) != null
            || wildcardWhere(host, wildcard -> leases.ownerOf(wildcard) != null) != null);
  }

  private @Nullable HostRoutes wildcard(String host, String name) {
    String wildcard = wildcardWhere(host, byName::containsKey);
    HostRoutes routes = wildcard == null ? null : byName.get(wildcard);
    if (routes == null) {
      return null;
    }
    String owner = leases.ownerOf(name);
    return owner == null || owner.equals(routes.token()) ? routes : null;
  }

  /** The longest wildcard above {@code host} of which the condition holds, or null. */
  private @Nullable String wildcardWhere(String host, Predicate<String> condition) {
    if (!Names.isHost(host)) {
      return null;
    }
    int last = domain.isAbove(host) ? host.length() - domain.name().length() - 1 : host.length();
    for (int dot = host.indexOf('.'); dot >= 0 && dot < last; dot = host.indexOf('.', dot + 1)) {
      String wildcard = "*" + host.substring(dot);
      if (condition.test(wildcard)) {
        return wildcard;
      }
    }
    return null;
  }
}
