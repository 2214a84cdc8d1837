/**
 * Everything that decides whom a TLS connection is with and how it is made: identities, trust,
 * certificates, and the contexts of both ends. It hands out Netty {@code SslHandler}s and knows
 * nothing of what travels inside them. It imports the JDK, Netty and Bouncy Castle, never another
 * package of ours. Start at {@link dev.culvert.tls.ServerTls} for the accepting end and at {@link
 * dev.culvert.tls.ClientTls} for the dialling one.
 */
@NullMarked
package dev.culvert.tls;

import org.jspecify.annotations.NullMarked;
