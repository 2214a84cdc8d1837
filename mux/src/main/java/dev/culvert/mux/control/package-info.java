/**
 * The tunnel's own words: what client and server say before and beside the streams.
 *
 * <p>Start at {@link dev.culvert.mux.control.Hello}, then {@link
 * dev.culvert.mux.control.ClientMessage} and {@link dev.culvert.mux.control.ServerMessage}; {@link
 * dev.culvert.mux.control.StreamOpen} and {@link dev.culvert.mux.control.StreamStatus} begin each
 * stream. May import the JDK, Netty's buffers and Gson, nothing else of ours. The formats are in
 * docs/protocol.md.
 */
@NullMarked
package dev.culvert.mux.control;

import org.jspecify.annotations.NullMarked;
