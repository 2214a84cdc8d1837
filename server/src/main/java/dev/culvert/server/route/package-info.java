/**
 * Who is reached under which name or port.
 *
 * <p>Start at {@link dev.culvert.server.route.RouteTable}. The edge looks up, the agents register;
 * they meet at the two interfaces here, {@link dev.culvert.server.route.StreamOpener} and {@link
 * dev.culvert.server.route.PortListener}, and do not see each other.
 */
@NullMarked
package dev.culvert.server.route;

import org.jspecify.annotations.NullMarked;
