package dev.culvert.mux;

/** What happens to a session, seldom. Data, credit and FIN go to {@link StreamListener}. */
public sealed interface SessionEvent {
  /** The peer opens and accepts no more streams; those that exist go on. */
  record PeerGoingAway() implements SessionEvent {}

  /** A ping came back. */
  record RoundTrip(long nanos) implements SessionEvent {}

  /** A stream was reset here, since it held the most when memory ran out. */
  record MemoryExceeded(long streamId, long unreadBytes) implements SessionEvent {}

  /** The session is over; the last event. */
  record Ended(SessionEnd end) implements SessionEvent {}
}
