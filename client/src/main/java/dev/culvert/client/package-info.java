/**
 * The end of the tunnel beside the service, {@code culvert}, for programs to embed.
 *
 * <p>Start at {@link dev.culvert.client.CulvertClient}.
 */
@NullMarked
package dev.culvert.client;

import org.jspecify.annotations.NullMarked;
