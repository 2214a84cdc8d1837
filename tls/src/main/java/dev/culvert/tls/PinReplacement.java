package dev.culvert.tls;

import java.time.Instant;

/**
 * The pin that has taken the place of the one that let a server in, and the first instant at which
 * that one is good no longer.
 */
public record PinReplacement(String pin, Instant until) {}
