/**
 * The public edge beside other reverse proxies, and under the tools that attack them: Debian's
 * nginx, haproxy and slowhttptest, on loopback addresses of their own. Start at {@link
 * dev.culvert.bench.peers.DifferentialTest}.
 */
@NullMarked
package dev.culvert.bench.peers;

import org.jspecify.annotations.NullMarked;
