/**
 * The public sockets: what visitors touch.
 *
 * <p>Start at {@link dev.culvert.server.edge.HttpEdge} for requests and {@link
 * dev.culvert.server.edge.TcpEdge} for plain connections. The edge finds a {@link
 * dev.culvert.server.route.Route} and opens streams through it; it knows nothing of clients.
 */
@NullMarked
package dev.culvert.server.edge;

import org.jspecify.annotations.NullMarked;
