/**
 * The local side: dials the service beside the client, and watches what passes.
 *
 * <p>Start at {@link dev.culvert.client.local.LocalAcceptor}, which takes each stream the server
 * opens to its {@link dev.culvert.client.local.LocalTarget}.
 */
@NullMarked
package dev.culvert.client.local;

import org.jspecify.annotations.NullMarked;
