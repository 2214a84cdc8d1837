/**
 * The public end of the tunnel, {@code culvertd}.
 *
 * <p>Start at {@link dev.culvert.server.CulvertServer}: its constructor builds the parts in the
 * order in which a visitor's byte meets them.
 */
@NullMarked
package dev.culvert.server;

import org.jspecify.annotations.NullMarked;
