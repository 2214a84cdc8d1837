package dev.culvert.server.route;

import dev.culvert.mux.control.ServiceProtocol;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.server.rules.Gate;

/**
 * A way from the public side to one tunnel of one client. Immutable; identity counts.
 *
 * @param kind what visitors speak
 * @param name the first label of the host name below the server's domain, or a whole host name
 *     elsewhere or deeper, or {@code *.} and one for all below that; empty for TCP
 * @param path the part of the host's paths, such as {@code /api}; empty for all, and for TCP
 * @param port the public port, for TCP; zero for HTTP
 * @param tunnel the client's id of the tunnel
 * @param owner names the client in logs
 * @param gate what the client holds its visitors to
 * @param opener opens streams to the client
 * @param service what is spoken in these streams, for HTTP
 */
public record Route(
    TunnelKind kind,
    String name,
    String path,
    int port,
    int tunnel,
    String owner,
    Gate gate,
    StreamOpener opener,
    ServiceProtocol service) {

  /** One whose service speaks HTTP/1.1, or for TCP. */
  public Route(
      TunnelKind kind,
      String name,
      String path,
      int port,
      int tunnel,
      String owner,
      Gate gate,
      StreamOpener opener) {
    this(kind, name, path, port, tunnel, owner, gate, opener, ServiceProtocol.HTTP_1);
  }

  /** One for all paths of its host, whose visitors its client holds to nothing. */
  public Route(
      TunnelKind kind, String name, int port, int tunnel, String owner, StreamOpener opener) {
    this(kind, name, "", port, tunnel, owner, Gate.OPEN, opener);
  }

  /**
   * The name and the path, or the port as {@code tcp/PORT}: what a route is found and leased by.
   */
  public String address() {
    return kind == TunnelKind.HTTP ? name + path : Leases.portAddress(port);
  }

  /** Whether the name is a label below the server's domain. */
  public boolean isBelowDomain() {
    return name.indexOf('.') < 0;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return kind + " " + address() + " of " + owner;
  }
}
