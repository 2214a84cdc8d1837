package dev.culvert.mux;

import java.time.Duration;

/**
 * The limits of one session.
 *
 * @param maxInboundStreams streams the peer may have open; further ones are reset
 * @param maxOutboundStreams streams we may have open, those waiting for their SYN included
 * @param windowBytes what the peer may send on a new stream before the consumer takes it
 * @param maxWindowBytes what a stream's window may grow to where the round trip is long
 * @param maxMemoryBytes what the session may hold of bytes received and not yet consumed; beyond it
 *     the stream that holds most is reset
 * @param maxPayloadBytes the largest Data payload that is gathered; with its header one TLS record
 *     by default
 * @param maxQuantumBytes what a stream may send in its turn at most, and the largest payload of a
 *     frame that is a buffer of the stream's own; with its header four TLS records by default
 * @param keepAliveIdle how long the peer may be quiet before it is pinged
 * @param keepAliveTimeout how long the peer may be quiet before the session is lost
 */
public record SessionConfig(
    int maxInboundStreams,
    int maxOutboundStreams,
    int windowBytes,
    int maxWindowBytes,
    long maxMemoryBytes,
    int maxPayloadBytes,
    int maxQuantumBytes,
    Duration keepAliveIdle,
    Duration keepAliveTimeout) {

  /**
   * What both ends start from: 1,024 streams each way, windows from the spec's to 16 MiB, 64 MiB
   * unread, ping 5 s, dead 15 s.
   */
  public static final SessionConfig STANDARD =
      new SessionConfig(
          1024,
          1024,
          Frame.INITIAL_WINDOW_BYTES,
          16 << 20,
          64 << 20,
          16 * 1024 - Frame.HEADER_BYTES,
          4 * (16 * 1024 - Frame.HEADER_BYTES),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15));

  public SessionConfig {
    expect(maxInboundStreams >= 0, "maxInboundStreams: " + maxInboundStreams + " (expected: >= 0)");
    expect(
        maxOutboundStreams >= 0, "maxOutboundStreams: " + maxOutboundStreams + " (expected: >= 0)");
    expect(
        windowBytes >= Frame.INITIAL_WINDOW_BYTES,
        "windowBytes: " + windowBytes + " (expected: >= " + Frame.INITIAL_WINDOW_BYTES + ")");
    expect(
        maxWindowBytes >= windowBytes,
        "maxWindowBytes: " + maxWindowBytes + " (expected: >= " + windowBytes + ")");
    expect(
        maxMemoryBytes >= maxWindowBytes,
        "maxMemoryBytes: " + maxMemoryBytes + " (expected: >= " + maxWindowBytes + ")");
    expect(maxPayloadBytes > 0, "maxPayloadBytes: " + maxPayloadBytes + " (expected: > 0)");
    expect(
        maxQuantumBytes >= maxPayloadBytes,
        "maxQuantumBytes: " + maxQuantumBytes + " (expected: >= " + maxPayloadBytes + ")");
    expect(keepAliveIdle.isPositive(), "keepAliveIdle: " + keepAliveIdle + " (expected: > 0)");
    expect(
        keepAliveTimeout.compareTo(keepAliveIdle) > 0,
        "keepAliveTimeout: " + keepAliveTimeout + " (expected: > " + keepAliveIdle + ")");
  }

  /** The same with other limits on open streams. */
  public SessionConfig withMaxStreams(int inbound, int outbound) {
    return new SessionConfig(
        inbound,
        outbound,
        windowBytes,
        maxWindowBytes,
        maxMemoryBytes,
        maxPayloadBytes,
        maxQuantumBytes,
        keepAliveIdle,
        keepAliveTimeout);
  }

  /** The same with other keepalive times. */
  public SessionConfig withKeepAlive(Duration idle, Duration timeout) {
    return new SessionConfig(
        maxInboundStreams,
        maxOutboundStreams,
        windowBytes,
        maxWindowBytes,
        maxMemoryBytes,
        maxPayloadBytes,
        maxQuantumBytes,
        idle,
        timeout);
  }

  /** The same with windows of other sizes. */
  public SessionConfig withWindow(int initialBytes, int maxBytes) {
    return new SessionConfig(
        maxInboundStreams,
        maxOutboundStreams,
        initialBytes,
        maxBytes,
        maxMemoryBytes,
        maxPayloadBytes,
        maxQuantumBytes,
        keepAliveIdle,
        keepAliveTimeout);
  }

  /** The same with another bound on what is unread. */
  public SessionConfig withMaxMemory(long bytes) {
    return new SessionConfig(
        maxInboundStreams,
        maxOutboundStreams,
        windowBytes,
        maxWindowBytes,
        bytes,
        maxPayloadBytes,
        maxQuantumBytes,
        keepAliveIdle,
        keepAliveTimeout);
  }

  private static void expect(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
