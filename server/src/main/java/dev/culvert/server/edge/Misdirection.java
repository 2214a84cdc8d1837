package dev.culvert.server.edge;

import dev.culvert.server.route.RouteTable;
import dev.culvert.tls.CertificateStore;
import org.jspecify.annotations.Nullable;

/**
 * Which requests came over a connection that was made for another host, and are answered with 421
 * (RFC 9110, section 15.5.20): those whose host is somebody else's than the name that the visitor
 * asked for in TLS, or has another certificate. Any thread.
 *
 * <p>A browser sends requests for several hosts over one connection where one certificate covers
 * them, and over another after a 421; whoever hides one host behind another's name is not served.
 */
record Misdirection(RouteTable routes, CertificateStore certificates) {
  /**
   * Whether a request is one of them.
   *
   * @param serverName as the visitor named it (SNI); null where it named none, or uses no TLS
   * @param host of the request, with or without a port
   */
  boolean isAt(@Nullable String serverName, String host) {
    String name = RouteTable.hostName(host);
    return serverName != null
        && name != null
        && !name.equals(RouteTable.hostName(serverName)) // mostly
        && routes.find(host) != null // what is nobody's is answered so
        && (routes.isMisdirected(serverName, host) || !certificates.isSame(serverName, name));
  }
}
