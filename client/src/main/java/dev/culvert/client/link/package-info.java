/**
 * The connection to the server.
 *
 * <p>Start at {@link dev.culvert.client.link.Link}: it connects, verifies the server, says Hello
 * and carries the control stream. It knows nothing of tunnels.
 */
@NullMarked
package dev.culvert.client.link;

import org.jspecify.annotations.NullMarked;
