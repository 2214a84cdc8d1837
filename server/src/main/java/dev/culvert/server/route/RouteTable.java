package dev.culvert.server.route;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  private static final int MAX_TRIES = 100;
  private static final String PORT_PREFIX = "tcp/"; // no name has a slash

  private final String domain;
  private final PortRange ports;
  private final ConcurrentMap<String, Route> byAddress = new ConcurrentHashMap<>();
  private final Leases leases; // find and use together: guarded by this
  private final Names names = new Names();
  private final RandomGenerator random = RandomGenerator.getDefault();
  private volatile Consumer<Route> openingListener = route -> {};

  private RouteTable(String domain, PortRange ports, Leases leases) {
    this.domain = domain;
    this.ports = ports;
    this.leases = leases;
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
    return new RouteTable(domain.toLowerCase(Locale.ROOT), ports, Leases.open(leases, hold, clock));
  }

  /** The route for a {@code Host} header's value, with or without a port; null where none is. */
  public @Nullable Route findHost(String host) {
    int length = host.length();
    int colon = host.lastIndexOf(':');
    if (colon >= 0) {
      length = colon;
    }
    if (length > 0 && host.charAt(length - 1) == '.') {
      length--;
    }
    String name = host.substring(0, length).toLowerCase(Locale.ROOT);
    String address = isBelowDomain(name) ? label(name) : name;
    boolean isAddress = (address.indexOf('.') < 0) == isBelowDomain(name) && !isPort(address);
    return isAddress ? byAddress.get(address) : null;
  }

  private boolean isBelowDomain(String host) {
    int dot = host.length() - domain.length() - 1;
    return dot > 0 && host.charAt(dot) == '.' && host.endsWith(domain);
  }

  private String label(String hostBelowDomain) {
    return hostBelowDomain.substring(0, hostBelowDomain.length() - domain.length() - 1);
  }

  /** The host name of a route for HTTP. */
  public String host(Route route) {
    return route.isBelowDomain() ? route.name() + "." + domain : route.name();
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
            && !isBelowDomain(host)
            && permissions.allowDomain(host, true)
            && !permissions.allowDomain(host, false)
        ? host
        : null;
  }

  public String domain() {
    return domain;
  }

  /** How many routes are open. */
  public int size() {
    return byAddress.size();
  }

  /**
   * What a client asks for.
   *
   * @param holder the client's token, {@link #TOKEN_END}, and what tells it from others of the same
   * @param permissions of that token
   * @param name a label below the table's domain, or a whole host name; null for any label
   * @param isProven whether that host name, elsewhere, was shown to be the client's
   */
  public record Request(
      TunnelKind kind,
      String holder,
      Permissions permissions,
      String key,
      @Nullable String name,
      boolean isProven,
      int port) {}

  /**
   * Opens a route.
   *
   * @param make the route for the name, or for the port in digits, that was found
   * @throws RouteRefusedException where the client cannot have what it asks for
   */
  public synchronized Route open(Request request, Function<String, Route> make)
      throws RouteRefusedException {
    if (!request.permissions().kinds().contains(request.kind())) {
      throw new RouteRefusedException(
          TunnelRefusalCode.FORBIDDEN,
          "the token allows no " + request.kind() + " tunnels; ask for one that does");
    }
    String address =
        switch (request.kind()) {
          case HTTP -> name(request);
          case TCP -> port(request);
        };
    Route route = make.apply(isPort(address) ? address.substring(PORT_PREFIX.length()) : address);
    byAddress.put(address, route);
    if (request.isProven()) {
      leases.useProven(address, request.holder(), request.key());
    } else {
      leases.use(address, request.holder(), request.key());
    }
    openingListener.accept(route);
    return route;
  }

  /** {@code listener} hears of every route that is opened, and returns at once. */
  public void onOpened(Consumer<Route> listener) {
    openingListener = listener;
  }

  /**
   * Whether the host name is kept for this client, which is away and had shown it to be its own.
   */
  public boolean isProvenHold(String host, String holder) {
    Lease lease = leases.find(host);
    return lease != null && lease.isProven() && lease.holder().equals(holder) && !lease.isInUse();
  }

  /** Closes a route; its name or port is held for the same client. */
  public synchronized void close(Route route) {
    if (byAddress.remove(route.address(), route)) {
      leases.release(route.address());
    }
  }

  /** Writes down whose name is whose, where that has changed. */
  public void save() {
    leases.save();
  }

  private String name(Request request) throws RouteRefusedException {
    if (request.name() != null) {
      String host = request.name().toLowerCase(Locale.ROOT);
      String name =
          host.indexOf('.') < 0 || isBelowDomain(host)
              ? ownName(isBelowDomain(host) ? label(host) : host, request.permissions())
              : foreignName(host, request);
      requireFree(name, request, "the name \"" + name + "\"");
      return name;
    }
    String previous =
        previous(
            request,
            address ->
                !isPort(address)
                    && address.indexOf('.') < 0
                    && request.permissions().allowName(address));
    if (previous != null) {
      return previous;
    }
    if (request.permissions().names().isEmpty()) {
      throw new RouteRefusedException(
          TunnelRefusalCode.FORBIDDEN,
          "the token allows no name below "
              + domain
              + "; ask for one that it allows: "
              + list(request.permissions().domains()));
    }
    for (NamePattern pattern : request.permissions().names()) {
      String name = freeName(pattern);
      if (name != null) {
        return name;
      }
    }
    throw new RouteRefusedException(
        TunnelRefusalCode.EXHAUSTED,
        "no free name was found among " + list(request.permissions().names()));
  }

  private static String ownName(String label, Permissions permissions)
      throws RouteRefusedException {
    String name = Names.checked(label);
    if (!permissions.allowName(name)) {
      throw forbidden("name \"" + name + "\"", permissions.names());
    }
    return name;
  }

  private String foreignName(String host, Request request) throws RouteRefusedException {
    Names.checkHost(host, domain);
    if (!request.permissions().allowDomain(host, request.isProven())) {
      throw forbidden("host name " + host, request.permissions().domains());
    }
    return host;
  }

  private @Nullable String freeName(NamePattern pattern) {
    int tries = pattern.isOneName() ? 1 : MAX_TRIES;
    for (int i = 0; i < tries; i++) {
      String name = pattern.with(names.random());
      if (Names.isUsable(name) && leases.find(name) == null) {
        return name;
      }
    }
    return null;
  }

  private static RouteRefusedException forbidden(String what, List<?> allowed) {
    return new RouteRefusedException(
        TunnelRefusalCode.FORBIDDEN,
        "the token does not allow the " + what + "; it allows " + list(allowed));
  }

  private static String list(List<?> allowed) {
    return allowed.isEmpty()
        ? "none"
        : allowed.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  private String port(Request request) throws RouteRefusedException {
    if (request.port() != 0) {
      if (!ports.contains(request.port())) {
        throw new RouteRefusedException(
            TunnelRefusalCode.INVALID,
            "port " + request.port() + " is not one of " + ports + ", the ports for tunnels");
      }
      if (!request.permissions().allowPort(request.port())) {
        throw forbidden("port " + request.port(), request.permissions().ports());
      }
      String port = portAddress(request.port());
      requireFree(port, request, "port " + request.port());
      return port;
    }
    String previous =
        previous(
            request,
            address ->
                isPort(address)
                    && ports.contains(portOf(address))
                    && request.permissions().allowPort(portOf(address)));
    if (previous != null) {
      return previous;
    }
    if (IntStream.rangeClosed(ports.first(), ports.last())
        .noneMatch(request.permissions()::allowPort)) {
      throw new RouteRefusedException(
          TunnelRefusalCode.FORBIDDEN, "the token allows none of " + ports + ", the ports here");
    }
    int start = random.nextInt(ports.size());
    for (int i = 0; i < ports.size(); i++) {
      int port = ports.first() + (start + i) % ports.size();
      if (request.permissions().allowPort(port) && leases.find(portAddress(port)) == null) {
        return portAddress(port);
      }
    }
    throw new RouteRefusedException(
        TunnelRefusalCode.EXHAUSTED,
        "all of the ports "
            + ports
            + " that the token allows are in use or held for clients that are away");
  }

  /** What the same client had for the same tunnel and does not have open now. */
  private @Nullable String previous(Request request, Predicate<String> isOfKind) {
    Lease lease = leases.findHeld(request.holder(), request.key(), isOfKind);
    return lease == null ? null : lease.address();
  }

  private void requireFree(String address, Request request, String what)
      throws RouteRefusedException {
    Lease lease = leases.find(address);
    if (lease == null || (lease.holder().equals(request.holder()) && !lease.isInUse())) {
      return;
    }
    throw new RouteRefusedException(
        TunnelRefusalCode.TAKEN,
        what
            + (lease.isInUse()
                ? " is in use by another tunnel"
                : " is held for the client that had it, until " + lease.heldUntil()));
  }

  static String portAddress(int port) {
    return PORT_PREFIX + port;
  }

  private static boolean isPort(String address) {
    return address.startsWith(PORT_PREFIX);
  }

  private static int portOf(String address) {
    return Integer.parseInt(address.substring(PORT_PREFIX.length()));
  }
}
