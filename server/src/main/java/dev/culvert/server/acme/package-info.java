/**
 * Automatic certificates: orders them from an ACME authority (RFC 8555), answers its challenges,
 * and renews them ahead of time. Start at {@link dev.culvert.server.acme.AutomaticCertificates};
 * {@link dev.culvert.server.acme.Plan} says what is done when, {@link
 * dev.culvert.server.acme.OrderRun} how. May import {@code tls}, Netty, acme4j and Gson; nothing of
 * it is loaded by a server that does without.
 */
@NullMarked
package dev.culvert.server.acme;

import org.jspecify.annotations.NullMarked;
