package dev.culvert.server.route;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.server.route.RouteTable.Request;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which name or port a client gets. One that it asks for is given or refused; otherwise it is the
 * one that it had, or a new one. With the lock of the {@link RouteTable} held.
 */
final class Allocation {
  private static final int MAX_TRIES = 100;

  private final Domain domain;
  private final PortRange ports;
  private final Leases leases;
  private final Names names = new Names();
  private final RandomGenerator random = RandomGenerator.getDefault();

  Allocation(Domain domain, PortRange ports, Leases leases) {
    this.domain = domain;
    this.ports = ports;
    this.leases = leases;
  }

  /** The name, or the address of a port. */
  String of(Request request) throws RouteRefusedException {
    if (!request.permissions().kinds().contains(request.kind())) {
      throw new RouteRefusedException(
          TunnelRefusalCode.FORBIDDEN,
          "the token allows no " + request.kind() + " tunnels; ask for one that does");
    }
    if (request.isShared() && (request.name() == null || request.kind() != TunnelKind.HTTP)) {
      throw new RouteRefusedException(
          TunnelRefusalCode.INVALID, "only a web app with a name of its choice can be in a pool");
    }
    leases.forgetTheOld();
    return switch (request.kind()) {
      case HTTP -> name(request);
      case TCP -> port(request);
    };
  }

  private String name(Request request) throws RouteRefusedException {
    if (request.name() != null) {
      String kept = domain.toKept(request.name().toLowerCase(Locale.ROOT));
      String name =
          kept.indexOf('.') < 0 ? ownName(kept, request.permissions()) : otherName(kept, request);
      requireOwn(name, request);
      requireFree(name + request.path(), request, "the name \"" + name + request.path() + "\"");
      return name;
    }
    String previous =
        previous(
            request,
            address ->
                !Leases.isPort(address)
                    && address.endsWith(request.path())
                    && isLabel(withoutPath(address, request))
                    && request.permissions().allowName(withoutPath(address, request)));
    if (previous != null) {
      return withoutPath(previous, request);
    }
    if (request.permissions().names().isEmpty()) {
      throw new RouteRefusedException(
          TunnelRefusalCode.FORBIDDEN,
          "the token allows no name below "
              + domain.name()
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

  private String otherName(String host, Request request) throws RouteRefusedException {
    Names.checkHost(host, domain.name());
    if (!request.permissions().allowDomain(host, request.isProven())) {
      throw forbidden("host name " + host, request.permissions().domains());
    }
    return host;
  }

  private static String withoutPath(String address, Request request) {
    return address.substring(0, address.length() - request.path().length());
  }

  private static boolean isLabel(String name) {
    return name.indexOf('.') < 0 && name.indexOf('/') < 0;
  }

  /** All paths of a name are of clients of one token. */
  private void requireOwn(String name, Request request) throws RouteRefusedException {
    String owner = leases.ownerOf(name);
    if (owner != null && !owner.equals(Lease.token(request.holder()))) {
      Lease lease = leases.find(name + request.path());
      throw taken("the name \"" + name + "\"", lease, " is in use by another tunnel");
    }
  }

  private @Nullable String freeName(NamePattern pattern) {
    int tries = pattern.isOneName() ? 1 : MAX_TRIES;
    for (int i = 0; i < tries; i++) {
      String name = pattern.with(names.random());
      if (Names.isUsable(name) && leases.ownerOf(name) == null) {
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
      String port = Leases.portAddress(request.port());
      requireFree(port, request, "port " + request.port());
      return port;
    }
    String previous =
        previous(
            request,
            address ->
                Leases.isPort(address)
                    && ports.contains(Leases.portOf(address))
                    && request.permissions().allowPort(Leases.portOf(address)));
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
      if (request.permissions().allowPort(port) && leases.find(Leases.portAddress(port)) == null) {
        return Leases.portAddress(port);
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
    if (lease == null || lease.isFor(request.holder(), request.isShared())) {
      return;
    }
    boolean isOwn = lease.token().equals(Lease.token(request.holder()));
    throw taken(
        what,
        lease,
        request.isShared() || lease.isShared()
            ? isOwn
                ? " is in use by a tunnel of the same token: to share it, all need --pool"
                : " is in use by a tunnel of another token, and none can share it"
            : " is in use by another tunnel");
  }

  private static RouteRefusedException taken(
      String what, @Nullable Lease lease, String whereInUse) {
    return new RouteRefusedException(
        TunnelRefusalCode.TAKEN,
        what
            + (lease == null || lease.isInUse()
                ? whereInUse
                : " is held for the client that had it, until " + lease.heldUntil()));
  }
}
