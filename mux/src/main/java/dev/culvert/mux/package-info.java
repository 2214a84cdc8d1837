/**
 * Yamux without sockets, clocks or threads: bytes and the time come in, frames and events go out.
 *
 * <p>Start at {@link dev.culvert.mux.Session}. A session holds no payload: outbound bytes stay with
 * their writer until the stream's turn comes, inbound bytes go straight to the stream's listener.
 * May import the JDK, Netty's buffers and its primitive collections, nothing else.
 */
@NullMarked
package dev.culvert.mux;

import org.jspecify.annotations.NullMarked;
