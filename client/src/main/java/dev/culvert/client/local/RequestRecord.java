package dev.culvert.client.local;

import java.time.Instant;

/**
 * One request to a local service, when it is over.
 *
 * @param tunnel the number of its tunnel
 * @param start when its first byte came
 * @param method empty where the service could not be reached, for then nobody has read the request
 * @param target path and query, as the visitor sent them: not to be trusted with a terminal
 * @param status of the response; 502 where the service could not be reached, 0 where the connection
 *     ended without one
 * @param durationNanos from the request's first byte to the response's last
 * @param responseBytes of the response's body
 * @param outcome how it ended
 * @param note the reason, where it did not end well; empty otherwise
 */
public record RequestRecord(
    int tunnel,
    Instant start,
    String method,
    String target,
    int status,
    long durationNanos,
    long responseBytes,
    Outcome outcome,
    String note) {

  /** How a request ended. */
  public enum Outcome {
    /** The response is complete. */
    COMPLETE,
    /** The connection left HTTP, for a WebSocket as a rule. */
    UPGRADED,
    /** The connection ended before the response did. */
    CUT,
    /** The local service could not be reached. */
    UNREACHABLE
  }
}
