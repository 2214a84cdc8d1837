package dev.culvert.client;

import dev.culvert.mux.control.TunnelRefusalCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a client has ended.
 *
 * @param message what happened, for people
 * @param refusal why a tunnel was refused; null for other ends
 */
public record ClientEnd(Kind kind, String message, @Nullable TunnelRefusalCode refusal) {
  /** One that is no refusal. */
  public ClientEnd(Kind kind, String message) {
    this(kind, message, null);
  }

  /** The kinds of end; only {@link #CLOSED} is asked for. */
  public enum Kind {
    /** The client was closed here. */
    CLOSED,
    /** The server does not accept the token, or no longer. */
    UNAUTHORIZED,
    /** The server does not open the tunnel that was asked for. */
    TUNNEL_REFUSED,
    /** The server could not be reached when the client started. */
    UNREACHABLE,
    /** The server is not the one that is trusted. */
    UNTRUSTED,
    /** Another client with the same instance secret took over. */
    SUPERSEDED,
    /** Client and server do not understand each other. */
    INCOMPATIBLE
  }
}
