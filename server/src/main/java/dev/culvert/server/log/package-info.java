/**
 * The access log: a line for each request and each connection of a TCP tunnel, for people and for
 * programs such as fail2ban.
 *
 * <p>Starting points: {@link dev.culvert.server.log.RequestTrace} for whoever has something to log,
 * {@link dev.culvert.server.log.AccessLog} for how it gets to the file.
 */
@NullMarked
package dev.culvert.server.log;

import org.jspecify.annotations.NullMarked;
