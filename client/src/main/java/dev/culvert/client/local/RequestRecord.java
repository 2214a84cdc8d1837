package dev.culvert.client.local;

import java.time.Instant;

/**
 * One request to a local service, when it is over; or one TCP connection that the service did not
 * take, with {@code TCP} for its method and the visitor's address, where it is known, for its
 * target.
 *
 * @param tunnel the number of its tunnel
 * @param start when its first byte came
 * @param method empty where the service could not be reached and no request came in time
 * @param target path and query, as the visitor sent them: not to be trusted with a terminal
 * @param status of the response; 502 where an HTTP service could not be reached, 0 where the
 *     connection ended without one, or is none of HTTP
 * @param durationNanos from the request's first byte to the response's last, or to the end of a
 *     connection that left HTTP
 * @param responseBytes of the response's body, and of all that the service sent after it left HTTP
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
    /** The connection left HTTP, for a WebSocket as a rule, and has ended in order since. */
    UPGRADED,
    /** The connection ended before the response did. */
    CUT,
    /** The local service could not be reached. */
    UNREACHABLE
  }
}
