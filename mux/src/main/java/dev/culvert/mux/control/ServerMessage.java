package dev.culvert.mux.control;

import java.util.List;

/** What a server says on the control stream. */
public sealed interface ServerMessage {
  /**
   * A tunnel is open.
   *
   * @param tunnel that of {@link ClientMessage.OpenTunnel}
   * @param urls where visitors reach it, the best first
   * @param ruled whether its visitors are held to the rules that were asked for: a server that
   *     knows no rules says nothing of them
   */
  record TunnelOpened(int tunnel, List<String> urls, boolean ruled) implements ServerMessage {
    public TunnelOpened {
      Presence.require(urls, "urls");
      Presence.check(!urls.isEmpty(), "urls: expected at least one");
      urls = List.copyOf(urls);
    }

    /** A tunnel that has no rules. */
    public TunnelOpened(int tunnel, List<String> urls) {
      this(tunnel, urls, false);
    }
  }

  /** A tunnel is not opened. */
  record TunnelRefused(int tunnel, TunnelRefusalCode code, String message)
      implements ServerMessage {
    public TunnelRefused {
      Presence.require(code, "code");
      Presence.require(message, "message");
    }
  }

  /** The session ends now, for a reason the client is to know. */
  record SessionEnding(EndCode code, String message) implements ServerMessage {
    public SessionEnding {
      Presence.require(code, "code");
      Presence.require(message, "message");
    }
  }
}
