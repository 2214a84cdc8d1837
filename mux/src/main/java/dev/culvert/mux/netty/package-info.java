/**
 * Yamux on Netty: a session as a handler, a stream as a channel, and the relay that joins two
 * channels.
 *
 * <p>Start at {@link dev.culvert.mux.netty.MuxHandler}, then {@link
 * dev.culvert.mux.netty.StreamChannel} and {@link dev.culvert.mux.netty.Relay}. May import {@code
 * dev.culvert.mux} and Netty's buffers and transports; knows nothing of TLS, HTTP or the control
 * protocol.
 */
@NullMarked
package dev.culvert.mux.netty;

import org.jspecify.annotations.NullMarked;
