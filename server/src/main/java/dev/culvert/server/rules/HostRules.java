package dev.culvert.server.rules;

import dev.culvert.mux.control.VisitorRules;

/**
 * What the server holds the visitors of some hosts to.
 *
 * @param host a host name; {@code *} stands for part of a label, {@code **} for anything
 */
public record HostRules(String host, VisitorRules rules) {}
