/**
 * What the visitors of a tunnel are held to: passwords, addresses, rates, sizes, filters, headers.
 *
 * <p>Start at {@link dev.culvert.server.rules.RuleBook}, which the edge asks for each request. The
 * rules themselves are {@link dev.culvert.mux.control.VisitorRules}, from the client or from {@link
 * dev.culvert.server.rules.RulesFile}. Knows no edge and no route; may import Netty's HTTP types,
 * Caffeine, tomlj, the control words and the password hashes of {@code tls}.
 */
@NullMarked
package dev.culvert.server.rules;

import org.jspecify.annotations.NullMarked;
