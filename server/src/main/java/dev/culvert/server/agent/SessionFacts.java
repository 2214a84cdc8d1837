package dev.culvert.server.agent;

import dev.culvert.tls.NegotiatedTls;
import java.time.Instant;

/**
 * A session for whoever runs the server.
 *
 * @param id the session's own
 * @param client its token's name and what tells the token's clients apart
 * @param software what the client says it is
 * @param address where it comes from
 * @param since when it was let in
 * @param tls what protects it
 */
public record SessionFacts(
    String id, String client, String software, String address, Instant since, NegotiatedTls tls) {}
