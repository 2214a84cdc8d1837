package dev.culvert.server.route;

import dev.culvert.mux.control.TunnelKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The routes that are open, by host name and port. Any thread; look-ups take no lock.
 *
 * <p>A name or port that is asked for is given or refused, never replaced by another. One that is
 * not asked for is the one the same client had for the same tunnel, or a new one. See {@link
 * Leases} for what stays a client's while it is away.
 */
public final class RouteTable {
  /** In a {@link Request#holder}, behind what all clients of one token share. */
  public static final char TOKEN_END = ':';

  private final Domain domain;
  private final ConcurrentMap<String, RoutePool> byAddress = new ConcurrentHashMap<>();
  private final HostTable hosts;
  private final Leases leases; // find and use together: guarded by this
  private final Allocation allocation;
  private volatile Consumer<Route> openingListener = route -> {};

  private RouteTable(String domain, PortRange ports, Leases leases) {
    this.domain = new Domain(domain);
    this.leases = leases;
    this.allocation = new Allocation(this.domain, ports, leases);
    this.hosts = new HostTable(this.domain, leases);
  }

  /**
   * A table for the hosts below {@code domain}.
   *
   * @param leases the file that remembers whose name is whose
   * @param hold how long a name stays a client's that is away
   */
  public static RouteTable open(
      String domain, PortRange ports, Path leases, Duration hold, InstantSource clock)
      throws IOException {
    return new RouteTable(domain, ports, Leases.open(leases, hold, clock));
  }

  /** The routes for a {@code Host} header's value, with or without a port; null where none are. */
  public @Nullable HostRoutes find(String host) {
    String name = Domain.hostOf(host);
    return name == null ? null : hosts.find(name);
  }

  /** Whether a host that has no routes now is kept for the client that had it. */
  public boolean isHeld(String host) {
    String name = Domain.hostOf(host);
    return name != null && hosts.isHeld(name);
  }

  /** The host name in a {@code Host} header's value, as it is compared; null where it is none. */
  public static @Nullable String hostName(String host) {
    return Domain.hostOf(host);
  }

  /** Whether a host, in lower case, has a route by its own name, and not by a wildcard. */
  public boolean hasHost(String host) {
    return hosts.has(host);
  }

  /**
   * Whether a request came to the wrong connection: over one for whose TLS the visitor asked for
   * {@code serverName}, and now for a {@code host} of somebody else. Not so where it named none.
   */
  public boolean isMisdirected(@Nullable String serverName, String host) {
    if (serverName == null || serverName.equalsIgnoreCase(Domain.hostOf(host))) {
      return false;
    }
    HostRoutes asked = find(host);
    HostRoutes named = find(serverName);
    return asked != null && (named == null || !named.token().equals(asked.token()));
  }

  /** The host name of a route for HTTP. */
  public String host(Route route) {
    return domain.host(route.name());
  }

  /**
   * The host name that must be proven to be the client's before it can have it; null where what is
   * asked for needs no proof, or none would help.
   */
  public @Nullable String hostToProve(
      TunnelKind kind, @Nullable String name, Permissions permissions) {
    if (kind != TunnelKind.HTTP || name == null) {
      return null;
    }
    String host = name.toLowerCase(Locale.ROOT);
    return Names.isHost(host)
            && !domain.isAbove(host)
            && permissions.allowDomain(host, true)
            && !permissions.allowDomain(host, false)
        ? host
        : null;
  }

  public String domain() {
    return domain.name();
  }

  /** How many routes are open. */
  public int size() {
    return byAddress.values().stream().mapToInt(RoutePool::size).sum();
  }

  /**
   * What a client asks for.
   *
   * @param holder the client's token, {@link #TOKEN_END}, and what tells it from others of the same
   * @param permissions of that token
   * @param name a label below the table's domain, a whole host name, or {@code *.} and one of
   *     these; null for any label
   * @param path the part of the host's paths, as {@link #checkedPath} gives it
   * @param isShared whether others of the same token that want it may have the address too
   * @param isProven whether that host name, elsewhere, was shown to be the client's
   */
  public record Request(
      TunnelKind kind,
      String holder,
      Permissions permissions,
      String key,
      @Nullable String name,
      String path,
      boolean isShared,
      boolean isProven,
      int port) {
    /** Of all paths, and for one client. */
    public Request(
        TunnelKind kind,
        String holder,
        Permissions permissions,
        String key,
        @Nullable String name,
        boolean isProven,
        int port) {
      this(kind, holder, permissions, key, name, "", false, isProven, port);
    }
  }

  /**
   * A part of a host's paths, as it is kept: empty for all.
   *
   * @throws RouteRefusedException where {@code path} can be none
   */
  public static String checkedPath(@Nullable String path) throws RouteRefusedException {
    return PathPrefix.checked(path);
  }

  /**
   * Opens a route.
   *
   * @param make the route for the name, or for the port in digits, that was found; of the path that
   *     was asked for
   * @throws RouteRefusedException where the client cannot have what it asks for
   */
  public synchronized Route open(Request request, Function<String, Route> make)
      throws RouteRefusedException {
    String name = allocation.of(request);
    Route route = make.apply(Leases.isPort(name) ? "" + Leases.portOf(name) : name);
    String address = route.address();
    String token = Lease.token(request.holder());
    RoutePool pool = byAddress.get(address);
    if (pool == null) {
      pool = new RoutePool();
      byAddress.put(address, pool);
    }
    pool.add(route);
    leases.use(address, request.holder(), request.key(), request.isShared(), request.isProven());
    if (pool.size() == 1 && request.kind() == TunnelKind.HTTP) {
      hosts.add(name, route.path(), pool, token);
    }
    openingListener.accept(route);
    return route;
  }

  /** {@code listener} hears of every route that is opened, and returns at once. */
  public void onOpened(Consumer<Route> listener) {
    openingListener = listener;
  }

  /**
   * Whether the host name is kept for this client, which is away, or for one that shares it, and
   * the DNS had shown it to be theirs.
   */
  public boolean isProvenHold(String host, @Nullable String path, String holder, boolean isShared) {
    Lease lease = leases.find(path == null ? host : host + PathPrefix.withoutLastSlash(path));
    return lease != null && lease.isProven() && lease.isFor(holder, isShared);
  }

  /** The client says that the service behind {@code route} does, or no longer, what it should. */
  public void report(Route route, boolean isUp) {
    RoutePool pool = byAddress.get(route.address());
    if (pool != null) {
      pool.report(route, isUp);
    }
  }

  /** Closes a route; its name or port is held for the same client. */
  public synchronized void close(Route route) {
    RoutePool pool = byAddress.get(route.address());
    if (pool != null && pool.remove(route) && pool.isEmpty()) {
      byAddress.remove(route.address());
      if (route.kind() == TunnelKind.HTTP) {
        hosts.remove(route.name(), route.path());
      }
      leases.release(route.address());
    }
  }

  /** Writes down whose name is whose, where that has changed. */
  public void save() {
    leases.save();
  }
}
