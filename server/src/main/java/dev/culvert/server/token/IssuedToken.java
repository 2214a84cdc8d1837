package dev.culvert.server.token;

import dev.culvert.mux.control.Secret;

/**
 * A token just made, the only time its text is at hand: show it once and forget it.
 *
 * @param text the token itself
 */
public record IssuedToken(TokenRecord record, Secret text) {}
