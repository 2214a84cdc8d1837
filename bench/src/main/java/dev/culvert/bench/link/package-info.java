/**
 * A network path in user space, for machines whose kernel emulates none: delay, bandwidth, jitter,
 * a bounded queue, silence and cuts. Start at {@link dev.culvert.bench.link.LinkEmulator}. Imports
 * nothing of the tunnel.
 */
@NullMarked
package dev.culvert.bench.link;

import org.jspecify.annotations.NullMarked;
