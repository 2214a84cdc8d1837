package dev.culvert.mux;

/**
 * How far a stream has come (yamux spec, Opening and Closing a stream).
 *
 * <pre>
 *            SYN goes out or comes in
 *   WAITING ------------------------> OPEN
 *      |                            /      \
 *      | reset          FIN sent   /        \  FIN received
 *      |                          v          v
 *      |          HALF_CLOSED_LOCAL        HALF_CLOSED_REMOTE
 *      |                          \          /
 *      |             FIN received  \        /  FIN sent
 *      v                            v      v
 *      +--------------------------> CLOSED <---- RST in any state, session ended
 * </pre>
 */
public enum StreamState {
  /** Opened here, its SYN held back until fewer opens are unacknowledged. */
  WAITING,
  /** Both sides may send. */
  OPEN,
  /** Our FIN is out; the peer may still send. */
  HALF_CLOSED_LOCAL,
  /** The peer's FIN is in; we may still send. */
  HALF_CLOSED_REMOTE,
  /** Neither side sends; the session has forgotten the stream. */
  CLOSED
}
