package dev.culvert.server.rules;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;

/**
 * One request as rules see it.
 *
 * @param host the host name that is asked for, in lower case and without a port
 * @param scheme how the visitor came, {@code http} or {@code https}
 * @param target in origin form and plain ASCII, or {@code *}
 * @param headers as the visitor sent them; borrowed, not changed
 * @param visitor the address that counts as the visitor's
 * @param isBehindProxy whether a trusted proxy tells so, to which the visitor is connected
 */
public record VisitorRequest(
    String host,
    String scheme,
    String target,
    HttpHeaders headers,
    InetAddress visitor,
    boolean isBehindProxy) {}
