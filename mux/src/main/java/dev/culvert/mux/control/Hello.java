package dev.culvert.mux.control;

import org.jspecify.annotations.Nullable;

/**
 * The client's first message on a new connection, before any yamux.
 *
 * @param version {@link ControlProtocol#VERSION} of the client
 * @param token proves who the client is
 * @param instance the secret by which the same client is known again: 32 hex digits
 * @param joins the session beside which this one is to stand; null to replace what the instance had
 * @param maxStreams streams the server may have open at a time
 * @param software name and version of the client, for logs
 */
public record Hello(
    int version,
    Secret token,
    Secret instance,
    @Nullable String joins,
    int maxStreams,
    String software) {

  public Hello {
    Presence.require(token, "token");
    Presence.require(instance, "instance");
    Presence.require(software, "software");
    Presence.check(instance.reveal().matches("[0-9a-f]{32}"), "instance: expected 32 hex digits");
    Presence.check(maxStreams > 0, "maxStreams: " + maxStreams + " (expected: > 0)");
    Presence.check(software.length() <= 100, "software: expected at most 100 characters");
  }

  @Override
  public String toString() {
    return "Hello[version=" + version + ", software=" + software + "]"; // no secrets
  }
}
