package dev.culvert.client.link;

import dev.culvert.mux.control.EndCode;

/** Why a {@link Link} is down. */
public sealed interface LinkEnd {
  /** A sentence part for people. */
  String reason();

  /** The server did not answer, or not as a tunnel server does. */
  record Unreachable(String reason) implements LinkEnd {}

  /** The server is not the one that is trusted. */
  record Untrusted(String reason) implements LinkEnd {}

  /** The server refused the client, or ended its session, and said why. */
  record EndedByServer(EndCode code, String reason) implements LinkEnd {}

  /** The connection broke. */
  record Lost(String reason) implements LinkEnd {}
}
