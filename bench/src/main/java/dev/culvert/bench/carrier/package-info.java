/**
 * What the socket benchmarks share: two ends in one process, joined by connections of their own or
 * by the streams of one session, and the handlers that send and count. Start at {@link
 * dev.culvert.bench.carrier.Carrier}.
 */
@NullMarked
package dev.culvert.bench.carrier;

import org.jspecify.annotations.NullMarked;
