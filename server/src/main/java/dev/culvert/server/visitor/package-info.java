/**
 * Who a visitor is: the address it comes from, also behind balancers and other proxies, how many
 * connections that address may have, and what the local service is told of it.
 *
 * <p>Starting points: {@link dev.culvert.server.visitor.Doorway} for a connection, {@link
 * dev.culvert.server.visitor.TrustedProxies} for a request.
 */
@NullMarked
package dev.culvert.server.visitor;

import org.jspecify.annotations.NullMarked;
