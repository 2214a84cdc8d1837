/**
 * Sockets by Netty: which transport a process uses, what it asks of the kernel for a socket, how
 * one is dialled, and how many there may be.
 *
 * <p>Start at {@link dev.culvert.mux.socket.Transport}. Knows nothing of the multiplexer, TLS, HTTP
 * or the control protocol.
 */
@NullMarked
package dev.culvert.mux.socket;

import org.jspecify.annotations.NullMarked;
