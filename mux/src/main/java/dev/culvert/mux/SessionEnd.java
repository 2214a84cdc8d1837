package dev.culvert.mux;

import org.jspecify.annotations.Nullable;

/** Why a session is over. A lost transport is never taken for a closed session, or the reverse. */
public sealed interface SessionEnd {
  /** A sentence part for logs and exceptions. */
  String reason();

  /** One side closed the session in order. */
  record Closed(String reason) implements SessionEnd {}

  /** The peer went away with an error code. */
  record ClosedByPeer(long code) implements SessionEnd {
    @Override
    public String reason() {
      return "the peer went away with code " + code;
    }
  }

  /** The peer broke the protocol; it has been sent GoAway with {@link ErrorCode#PROTOCOL_ERROR}. */
  record ProtocolViolation(String reason) implements SessionEnd {}

  /** We failed; the peer has been sent GoAway with {@link ErrorCode#INTERNAL_ERROR}. */
  record InternalFailure(String reason, Throwable cause) implements SessionEnd {}

  /** The connection broke or fell silent, with the session in the middle of its work. */
  record TransportLost(String reason, @Nullable Throwable cause) implements SessionEnd {}
}
