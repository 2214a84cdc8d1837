/**
 * Automatic certificates from a real authority: Debian's {@code pebble} with its {@code
 * pebble-challtestsrv}, on a loopback address of their own. Start at {@link
 * dev.culvert.bench.acme.AutomaticCertificateTest}.
 */
@NullMarked
package dev.culvert.bench.acme;

import org.jspecify.annotations.NullMarked;
