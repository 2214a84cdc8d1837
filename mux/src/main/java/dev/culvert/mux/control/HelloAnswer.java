package dev.culvert.mux.control;

/** The server's answer to {@link Hello}; behind {@link Welcome} the connection speaks yamux. */
public sealed interface HelloAnswer {
  /**
   * The client is let in.
   *
   * @param session names the session in logs and in {@link Hello#joins}
   * @param maxStreams streams the client may have open at a time
   * @param software name and version of the server, for logs
   */
  record Welcome(String session, int maxStreams, String software) implements HelloAnswer {
    public Welcome {
      Presence.require(session, "session");
      Presence.require(software, "software");
      Presence.check(maxStreams > 0, "maxStreams: " + maxStreams + " (expected: > 0)");
    }
  }

  /** The client is not let in; the connection closes. */
  record Refusal(EndCode code, String message) implements HelloAnswer {
    public Refusal {
      Presence.require(code, "code");
      Presence.require(message, "message");
    }
  }
}
